using System.Collections.Concurrent;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Webhooks;

namespace MediaRelay.Server.Reports;

/// <summary>
/// Writes down what the audiences of running shows do, every ten seconds, and tells it; and tells when the report of a show that
/// ended is whole. A crash loses the counts of the last ten seconds; orders and what was shown are written with their causes.
/// </summary>
internal sealed partial class ShowRecorder : BackgroundService, ICommerceListener
{
    private const int QueuedInteractions = 65_536;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CommerceHost _commerce;
    private readonly Lazy<OverlayHub> _overlays;
    private readonly InteractionStream _interactions;
    private readonly WebhookFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger<ShowRecorder> _logger;
    private readonly ConcurrentDictionary<RoomId, ShowTally> _tallies = new();
    private readonly ConcurrentQueue<ShowMoment> _moments = new();
    private readonly ConcurrentQueue<Show> _ended = new();
    private readonly ConcurrentDictionary<ShowId, DateTimeOffset> _lastSamples = new();
    private readonly SemaphoreSlim _work = new(0);

    public ShowRecorder(
        CommerceHost commerce, IServiceProvider services, InteractionStream interactions, WebhookFeed feed, TimeProvider time,
        ILogger<ShowRecorder> logger)
    {
        _commerce = commerce;
        // Late, because who opens rooms for the hub tells this class of joins.
        _overlays = new Lazy<OverlayHub>(services.GetRequiredService<OverlayHub>);
        _interactions = interactions;
        _feed = feed;
        _time = time;
        _logger = logger;
    }

    /// <summary>A viewer came into a room. Never waits; any thread.</summary>
    public void NoteJoin(RoomId roomId, MerchantId roomMerchant, RoomId originRoomId, ShareCode? shareCode)
    {
        MerchantId? owner = shareCode is { } code && _commerce.Service.TryResolveShareCode(code, out var entry) ? entry.MerchantId : null;
        Tally(roomId).AddJoin(roomMerchant, originRoomId, owner, shareCode);
    }

    /// <summary>A viewer did something. Never waits; any thread.</summary>
    public void Note(InteractionEvent interaction) => Tally(interaction.RoomId).Add(interaction);

    /// <summary>An overlay was published by a call. Never waits; any thread.</summary>
    public void NoteOverlay(DateTimeOffset now, RoomView room, MerchantId merchantId, string type, long seq, long? mediaTime)
    {
        Tally(room.Room.Id).AddOverlay(merchantId, seq);
        if (room.Show is { } show)
        {
            _moments.Enqueue(new ShowMoment(
                show.Id, UnixMicros.Truncate(now), ShowMomentKinds.Overlay, seq.ToString(System.Globalization.CultureInfo.InvariantCulture), merchantId, type,
                mediaTime));
        }
    }

    public void Handle(CommerceEvent commerceEvent)
    {
        if (commerceEvent is ShowChanged { Show: { EndedAt: not null } show })
        {
            _ended.Enqueue(show);
            _work.Release();
        }
        else if (commerceEvent is RoomChanged { Room: { IsDeleted: true } room })
        {
            _tallies.TryRemove(room.Id, out _);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _work.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var interactions = _interactions.Subscribe(QueuedInteractions);
        using var timer = _time.CreateTimer(_ => _work.Release(), null, Period, Period);
        try
        {
            await Task.WhenAll(CountAsync(interactions, stoppingToken), WriteAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what was counted until now is still written, once.
            await TryWriteAsync(_time.GetUtcNow());
        }
    }

    private async Task CountAsync(InteractionSubscription interactions, CancellationToken stoppingToken)
    {
        await foreach (var interaction in interactions.Reader.ReadAllAsync(stoppingToken))
        {
            Note(interaction);
        }
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _work.WaitAsync(stoppingToken);
            while (!await TryWriteAsync(_time.GetUtcNow()))
            {
                await Task.Delay(RetryAfter, _time, stoppingToken);
            }
        }
    }

    // All running shows and those that ended since, in one transaction; false when it must be tried again.
    private async Task<bool> TryWriteAsync(DateTimeOffset now)
    {
        List<Show> ended = [.. _ended];
        List<ShowMoment> moments = [.. _moments];
        List<(Show Show, ShowSample Sample, IReadOnlyList<ShowCount> Counts)> taken = [];
        foreach (var show in _commerce.Service.ListRooms().Select(room => room.Show).OfType<Show>().Concat(ended).DistinctBy(show => show.Id))
        {
            var (sample, counts) = Tally(show.RoomId).Take(show.Id, UnixMicros.Truncate(show.EndedAt ?? now), _overlays.Value.CountViewers(show.RoomId));
            taken.Add((show, sample, counts));
        }

        if (taken.Count == 0 && moments.Count == 0)
        {
            return true;
        }

        var outcome = await _commerce.Service.Reports.NoteAsync(
            now, [.. taken.Select(one => one.Sample)], [.. taken.SelectMany(one => one.Counts)], moments);
        if (outcome.Problem is { } problem)
        {
            foreach (var (show, sample, counts) in taken)
            {
                Tally(show.RoomId).Return(sample, counts);
            }

            Log.NotWritten(_logger, problem.Detail);
            return false;
        }

        Forget(moments.Count, ended.Count);
        foreach (var (show, sample, _) in taken)
        {
            Tell(show, sample);
        }

        foreach (var show in ended)
        {
            TellReport(show);
            _lastSamples.TryRemove(show.Id, out _);
        }

        return true;
    }

    private void Forget(int moments, int ended)
    {
        for (var i = 0; i < moments; i++)
        {
            _moments.TryDequeue(out _);
        }

        for (var i = 0; i < ended; i++)
        {
            _ended.TryDequeue(out _);
        }
    }

    private void Tell(Show show, ShowSample sample)
    {
        var from = _lastSamples.GetValueOrDefault(show.Id, show.StartedAt);
        _lastSamples[show.Id] = sample.At;
        if (sample.HasActivity)
        {
            _feed.TellOfShow(
                sample.At, WebhookEventTypes.InteractionTotals, show, null,
                new InteractionTotalsData(
                    from, sample.At, sample.Viewers, sample.Joins, sample.Likes, sample.Comments, sample.Shares, sample.Follows,
                    sample.Favorites, sample.AddToCarts, sample.Clicks));
        }
    }

    // To the room's merchant, and to those who were joined with it in this show.
    private void TellReport(Show show)
    {
        if (!_commerce.Service.TryGetRoom(show.RoomId, out var room))
        {
            return;
        }

        var others = _commerce.Service.ListCoHosts(show.RoomId, openOnly: false)
            .Where(session => session.ActiveAt is { } active && active <= show.EndedAt && (session.EndedAt is null || session.EndedAt >= show.StartedAt))
            .SelectMany(session => session.Rooms).Select(member => member.MerchantId);
        foreach (var merchant in others.Prepend(room.MerchantId).Distinct())
        {
            _feed.TellOfShow(
                _time.GetUtcNow(), WebhookEventTypes.ReportReady, show, merchant,
                new ReportReadyData($"/v1/merchants/{merchant}/report?roomId={show.RoomId}&showId={show.Id}"));
        }
    }

    private ShowTally Tally(RoomId roomId) => _tallies.GetOrAdd(roomId, static _ => new ShowTally());

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What audiences did could not be written down and will be tried again: {Reason}")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
