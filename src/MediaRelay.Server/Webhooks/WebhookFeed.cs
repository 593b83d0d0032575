using System.Threading.Channels;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Webhooks;

/// <summary>
/// What receivers are told of that leaves no other durable trace: joins, hand-offs, overlays, totals. Gathered and written in
/// groups, so that none of them waits for a disk; a crash loses at most the last fraction of a second.
/// </summary>
internal sealed partial class WebhookFeed(CommerceHost commerce, WebhookMetrics metrics, TimeProvider time, ILogger<WebhookFeed> logger)
    : BackgroundService
{
    // A minute of the largest storm of joins that limits let in.
    private const int MaxWaiting = 32_768;
    private const int MaxGroup = 500;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // What is told is made from what is known here and now; by whom and in which show, when it is written.
    private readonly Channel<Func<CommerceService, IEnumerable<WebhookNotice>>> _told =
        Channel.CreateBounded<Func<CommerceService, IEnumerable<WebhookNotice>>>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>A viewer came into a room. Never waits; any thread.</summary>
    public void TellJoin(DateTimeOffset now, ViewerId viewerId, RoomId roomId, RoomId originRoomId, ShareCode? shareCode) => Tell(service =>
    {
        ShareCodeNames(service, shareCode, out var parent, out var guide);
        return InRoom(
            service, WebhookEventTypes.ViewerJoined, now, roomId, null,
            new ViewerJoinedData(viewerId.Value, originRoomId.Value, shareCode?.Value, parent, guide));
    });

    /// <summary>A viewer went on from one room to another. Never waits; any thread.</summary>
    public void TellHandOff(DateTimeOffset now, string viewerId, string fromRoomId, string toRoomId) => Tell(service =>
    {
        var data = new ViewerHandedOffData(viewerId, fromRoomId, toRoomId);
        return InRoom(service, WebhookEventTypes.ViewerHandedOff, now, RoomId.Parse(fromRoomId), null, data)
            .Concat(InRoom(service, WebhookEventTypes.ViewerHandedOff, now, RoomId.Parse(toRoomId), null, data));
    });

    /// <summary>An overlay was published by a call. Never waits; any thread.</summary>
    public void TellOverlay(DateTimeOffset now, RoomView room, MerchantId merchantId, string type, long seq, long? mediaTime) => Tell(service =>
        InRoom(service, WebhookEventTypes.OverlayPublished, now, room.Room.Id, merchantId, new OverlayPublishedData(type, seq, mediaTime)));

    /// <summary>Something of a show, which may be over by now. Never waits; any thread.</summary>
    /// <param name="merchantId">Whose event it is; null: of the room's merchant.</param>
    public void TellOfShow(DateTimeOffset now, string type, Show show, MerchantId? merchantId, WebhookData data) =>
        Tell(service => InRoom(service, type, now, show.RoomId, merchantId, data).Select(notice => notice with { ShowId = show.Id }));

    /// <summary>Something of a merchant that belongs to no room. Never waits; any thread.</summary>
    public void TellOfMerchant(DateTimeOffset now, string type, MerchantId merchantId, WebhookData data) =>
        Tell(_ => [new WebhookNotice(type, now, null, null, merchantId, data)]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<WebhookNotice>(MaxGroup);
        try
        {
            while (await _told.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Period, time, stoppingToken);
                await WriteAllAsync(group, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what was told until now is still written, once.
            Gather(group, int.MaxValue);
            await commerce.Service.Webhooks.TellAsync(time.GetUtcNow(), group);
        }
    }

    private async Task WriteAllAsync(List<WebhookNotice> group, CancellationToken stoppingToken)
    {
        while (Gather(group, MaxGroup))
        {
            while ((await commerce.Service.Webhooks.TellAsync(time.GetUtcNow(), group)).Problem is { } problem)
            {
                Log.NotWritten(logger, group.Count, problem.Detail);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }

            group.Clear();
        }
    }

    private bool Gather(List<WebhookNotice> group, int max)
    {
        while (group.Count < max && _told.Reader.TryRead(out var told))
        {
            group.AddRange(told(commerce.Service));
        }

        return group.Count > 0;
    }

    private void Tell(Func<CommerceService, IEnumerable<WebhookNotice>> told)
    {
        if (!_told.Writer.TryWrite(told))
        {
            metrics.Untold(1);
        }
    }

    private static IEnumerable<WebhookNotice> InRoom(
        CommerceService service, string type, DateTimeOffset now, RoomId roomId, MerchantId? merchantId, WebhookData data) =>
        service.GetRoom(roomId).TryGet(out var room, out _)
            ? [new WebhookNotice(type, now, roomId, room.Show?.Id, merchantId ?? room.Room.MerchantId, data)]
            : [];

    private static void ShareCodeNames(CommerceService service, ShareCode? code, out string? parent, out string? guide)
    {
        parent = guide = null;
        if (code is { } given && service.TryResolveShareCode(given, out var entry))
        {
            parent = entry.ParentCode?.Value;
            guide = entry.GuideId.Value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Events} events for webhooks could not be written and will be tried again: {Reason}")]
        public static partial void NotWritten(ILogger logger, int events, string reason);
    }
}
