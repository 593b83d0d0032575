using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Relay.Sessions;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Problems;
using MediaRelay.Server.Signaling;
using MediaRelay.Server.Webhooks;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.HandOffs;

/// <summary>
/// Moves viewers to other rooms on the connections that they have: takes orders, lets so many a second leave, and hears from the relay
/// when they have arrived.
/// </summary>
internal sealed class HandOffDesk : BackgroundService
{
    // Half a minute's worth at the default rate: who would wait longer is better asked again.
    private const int MaxWaiting = 15_000;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly MediaHost _media;
    private readonly OverlayHub _overlays;
    private readonly RoomDirectory _rooms;
    private readonly HandOffMetrics _metrics;
    private readonly LimitsOptions _limits;
    private readonly WebhookFeed _feed;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HandOffKeys _keys = new();
    private readonly HandOffQueue<ViewerSession> _queue;
    private readonly Random _random = new();
    private readonly SemaphoreSlim _work = new(0, 1);

    // Begun and not arrived yet, with the time of the order.
    private readonly ConcurrentDictionary<PeerSession, DateTimeOffset> _underWay = new();

    // The room of the address that a moved session was made at, which stays its address.
    private readonly ConcurrentDictionary<PeerSession, string> _addresses = new();

    public HandOffDesk(
        MediaHost media, OverlayHub overlays, RoomDirectory rooms, RelayEvents events, HandOffMetrics metrics, WebhookFeed feed,
        IMeterFactory factory,
        IOptions<LimitsOptions> limits, TimeProvider time)
    {
        _media = media;
        _overlays = overlays;
        _rooms = rooms;
        _metrics = metrics;
        _feed = feed;
        _limits = limits.Value;
        _time = time;
        _queue = new HandOffQueue<ViewerSession>(_limits.HandOffsPerSecond, Step);
        events.HandedOff = OnHandedOff;
        events.Closed = OnClosed;
        factory.CreateRelayMeter().CreateObservableGauge(
            "hand_off_backlog", () => CountWaiting(), description: "Viewers that wait for their turn to be moved to another room.");
    }

    /// <summary>Takes an order; false with the problem when it cannot be carried out. The room that it names must exist.</summary>
    public bool TryOrder(
        DateTimeOffset now, HandOffOrder order, [NotNullWhen(true)] out HandOffAnswer? answer, [NotNullWhen(false)] out ProblemResult? problem)
    {
        lock (_lock)
        {
            problem = null;
            if (_keys.TryFind(now, order, out answer, out var isSame))
            {
                problem = isSame
                    ? null
                    : HttpProblem.Unprocessable("Idempotency-Key", order.IdempotencyKey, "a key that was not used for another request");
                return isSame;
            }

            var viewers = Choose(order);
            if (_queue.Count + viewers.Count > MaxWaiting)
            {
                problem = HttpProblem.Unavailable(
                    $"{_queue.Count} viewers wait to be moved; at most {MaxWaiting} may.", RetryAfter, "hand_off_backlog");
                return false;
            }

            foreach (var viewer in viewers)
            {
                _queue.TryAdd(viewer, order.To, now);
            }

            answer = new HandOffAnswer($"handoff-{RandomNumberGenerator.GetHexString(16, lowercase: true)}", viewers.Count);
            _keys.Add(now, order, answer);
            if (viewers.Count > 0 && _work.CurrentCount == 0)
            {
                _work.Release();
            }

            return true;
        }
    }

    /// <summary>The room that stands in a session's address: the one where it was made, wherever it has gone since.</summary>
    public string AddressOf(PeerSession session) => _addresses.TryGetValue(session, out var room) ? room : session.Room.Id;

    public override void Dispose()
    {
        base.Dispose();
        _work.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(stoppingToken);
                while (LetGo(_time.GetUtcNow()))
                {
                    await Task.Delay(Step, _time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    // Who is connected and not on its way already; as many as the other room has places for.
    private IReadOnlyList<ViewerSession> Choose(HandOffOrder order)
    {
        var present = (_media.FindRoom(order.From.Value)?.Viewers() ?? [])
            .Where(viewer => viewer is { IsConnected: true, IsClosed: false } && !_queue.Contains(viewer) && !_underWay.ContainsKey(viewer))
            .ToList();
        var named = order.ViewerIds?.Select(id => id.Value).ToHashSet(StringComparer.Ordinal);
        var meant = named is null
            ? HandOffChoice.Draw(present, order.Share!.Value, _random)
            : [.. present.Where(viewer => named.Contains(viewer.Identity))];
        var places = _limits.ViewersPerRoom == 0
            ? int.MaxValue
            : Math.Max(0, _limits.ViewersPerRoom - _overlays.CountViewers(order.To) - _queue.CountTo(order.To));
        return meant.Count <= places ? meant : [.. meant.Take(places)];
    }

    /// <summary>Begins what is due; false when nobody waits any more.</summary>
    private bool LetGo(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_queue.TryTake(now, out var next))
            {
                Begin(next.Viewer, next.To, next.OrderedAt);
            }

            return _queue.Count > 0;
        }
    }

    private void Begin(ViewerSession viewer, RoomId to, DateTimeOffset orderedAt)
    {
        if (_rooms.Find(to.Value) is not { } room)
        {
            // Deleted while they waited.
            _metrics.Refused();
            return;
        }

        var target = _rooms.Open(_media.Now, room);
        _rooms.PrepareSlate(target, room);

        // Before the relay begins, which may be done and tell so at once.
        _addresses.TryAdd(viewer, viewer.Room.Id);
        _underWay[viewer] = orderedAt;
        if (viewer.HandOffTo(target))
        {
            return;
        }

        _underWay.TryRemove(viewer, out _);
        if (viewer.IsClosed)
        {
            _addresses.TryRemove(viewer, out _);
            _metrics.Left();
        }
        else
        {
            _metrics.Refused();
        }
    }

    private void OnHandedOff(ViewerSession viewer, Relay.Rooms.Room from)
    {
        _feed.TellHandOff(_time.GetUtcNow(), viewer.Identity, from.Id, viewer.Room.Id);
        if (_underWay.TryRemove(viewer, out var orderedAt))
        {
            _metrics.Moved(_time.GetUtcNow() - orderedAt);
        }
    }

    private void OnClosed(PeerSession session)
    {
        _addresses.TryRemove(session, out _);
        if (_underWay.TryRemove(session, out _))
        {
            _metrics.Left();
        }
    }

    private int CountWaiting()
    {
        lock (_lock)
        {
            return _queue.Count;
        }
    }
}
