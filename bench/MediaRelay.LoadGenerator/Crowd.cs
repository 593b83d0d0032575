using System.Collections.Concurrent;
using MediaRelay.Client;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Statistics;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator;

/// <summary>All viewers: lets them join at a rate, leave and be replaced, and keeps count of how it went.</summary>
internal sealed class Crowd
{
    // Requests under way at once; a server that does not answer must not make us keep more.
    private const int MaxPending = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    // Longer than the peers' own limit for ICE and DTLS, after which they close.
    private static readonly TimeSpan SetupPatience = TimeSpan.FromSeconds(20);

    private readonly LoadOptions _options;
    private readonly HeadlessPeers _peers;
    private readonly LoadTarget _target;
    private readonly LatencyObserver _observer;
    private readonly ConcurrentDictionary<HeadlessViewer, Seat> _present = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _pending = new(MaxPending);
    private readonly Lock _lock = new();
    private readonly LatencyHistogram _answered = new();
    private readonly LatencyHistogram _connected = new();
    private readonly LatencyHistogram _firstPacket = new();
    private readonly LatencyHistogram _firstKeyFrame = new();
    private ViewerTotals _gone;
    private long _attempted;
    private long _joined;
    private int _openedChannels;

    public Crowd(LoadOptions options, HeadlessPeers peers, LoadTarget target, LatencyObserver observer)
    {
        _options = options;
        _peers = peers;
        _target = target;
        _observer = observer;
    }

    /// <summary>Viewers whose media flows, or should.</summary>
    public int ConnectedCount => _present.Keys.Count(viewer => viewer.ConnectedAt is not null);

    /// <summary>
    /// Joins <paramref name="count"/> viewers at the rate of the options; done when each is connected and has its first key frame (if
    /// hosts publish), or has failed.
    /// </summary>
    public async Task JoinAsync(int count, CancellationToken cancellationToken)
    {
        var joins = new List<Task>(count);
        var started = _peers.Clock.Now;
        while (joins.Count < count)
        {
            var due = Math.Min(count, 1 + (int)((_peers.Clock.Now - started).TotalSeconds * _options.Ramp));
            while (joins.Count < due)
            {
                await _pending.WaitAsync(cancellationToken);
                joins.Add(JoinOneAsync(joins.Count, cancellationToken));
            }

            await Task.Delay(Tick, cancellationToken);
        }

        await Task.WhenAll(joins);
    }

    /// <summary>
    /// Until <paramref name="end"/>, lets viewers that have stayed long enough leave, and as many join; done when those joins are.
    /// </summary>
    public async Task ReplaceAsync(Task end, CancellationToken cancellationToken)
    {
        var joins = new List<Task>();
        var number = _options.Viewers;
        while (_options.Stay > TimeSpan.Zero && !end.IsCompleted)
        {
            await Task.Delay(Tick, cancellationToken);
            var now = _peers.Clock.Now;
            foreach (var (viewer, seat) in _present)
            {
                if (now - seat.Since >= _options.Stay)
                {
                    joins.Add(LeaveAsync(viewer, cancellationToken));
                    await _pending.WaitAsync(cancellationToken);
                    joins.Add(JoinOneAsync(number++, cancellationToken));
                }
            }

            joins.RemoveAll(join => join.IsCompletedSuccessfully);
        }

        await Task.WhenAll(joins);
    }

    /// <summary>What all got so far, those who left included.</summary>
    public ViewerTotals Totals()
    {
        lock (_lock)
        {
            var totals = _gone;
            foreach (var viewer in _present.Keys)
            {
                totals += ViewerTotals.Of(viewer);
            }

            return totals;
        }
    }

    public JoinReport Report() => new(
        _attempted, _joined, _connected.Count, _attempted - _connected.Count, _failures.ToDictionary(StringComparer.Ordinal),
        Percentiles.Of(_answered), Percentiles.Of(_connected), Percentiles.Of(_firstPacket), Percentiles.Of(_firstKeyFrame));

    public OverlayReport ReportOverlays()
    {
        var totals = Totals();
        return new OverlayReport(_openedChannels, totals.Messages, totals.MessageBytes);
    }

    public Task LeaveAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_present.Keys.Select(viewer => LeaveAsync(viewer, cancellationToken)));

    private async Task JoinOneAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            Interlocked.Increment(ref _attempted);
            var room = $"{_options.RoomPrefix}{number % _options.Rooms}";
            var options = new ViewerOptions { Data = _options.Data, Inspection = _options.Inspection };
            var outcome = await _target.WatchAsync(room, $"viewer-{number}", options, _observer, cancellationToken);
            if (!outcome.IsJoined)
            {
                Fail(outcome.Problem.ToString());
                return;
            }

            Interlocked.Increment(ref _joined);
            _answered.Record(outcome.AnsweredAt - outcome.RequestedAt);
            await FollowAsync(outcome.Peer, outcome.Session, outcome.RequestedAt, cancellationToken);
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task FollowAsync(
        HeadlessViewer viewer, SignalingSession session, Timestamp requestedAt, CancellationToken cancellationToken)
    {
        _present[viewer] = new Seat(session, _peers.Clock.Now);
        var deadline = _peers.Clock.Now + SetupPatience;
        while (!IsSettled(viewer) && !viewer.Closed.IsCompleted && _peers.Clock.Now < deadline)
        {
            await Task.Delay(Tick, cancellationToken);
        }

        if (viewer.ConnectedAt is not { } connectedAt)
        {
            Fail(viewer.Closed.IsCompletedSuccessfully ? $"not connected: {viewer.Closed.Result}" : "not connected in time");
            await LeaveAsync(viewer, cancellationToken);
            return;
        }

        _connected.Record(connectedAt - requestedAt);
        if (viewer.OverlaysOpenedAt is not null)
        {
            Interlocked.Increment(ref _openedChannels);
        }

        Record(_firstPacket, viewer.FirstPacketAt, requestedAt, "no packet");
        Record(_firstKeyFrame, viewer.FirstKeyFrameAt, requestedAt, "no key frame");
    }

    private bool IsSettled(HeadlessViewer viewer) =>
        viewer.ConnectedAt is not null
        && (!_options.PublishHosts || viewer.FirstKeyFrameAt is not null)
        && (!_options.Data || viewer.OverlaysOpenedAt is not null);

    private void Record(LatencyHistogram histogram, Timestamp? at, Timestamp requestedAt, string missing)
    {
        if (at is { } known)
        {
            histogram.Record(known - requestedAt);
        }
        else if (_options.PublishHosts)
        {
            Fail(missing);
        }
    }

    private async Task LeaveAsync(HeadlessViewer viewer, CancellationToken cancellationToken)
    {
        Seat seat;
        lock (_lock)
        {
            if (!_present.TryRemove(viewer, out seat))
            {
                return;
            }

            _gone += ViewerTotals.Of(viewer);
        }

        if (await _target.LeaveAsync(viewer, seat.Session, cancellationToken) is { } problem)
        {
            Fail($"leaving: {problem}");
        }
    }

    private void Fail(string reason) => _failures.AddOrUpdate(reason, 1, static (_, count) => count + 1);

    private readonly record struct Seat(SignalingSession Session, Timestamp Since);
}
