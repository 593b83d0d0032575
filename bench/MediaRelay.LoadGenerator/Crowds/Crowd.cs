using System.Collections.Concurrent;
using MediaRelay.Client;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Presets;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.LoadGenerator.Targets;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Crowds;

/// <summary>All viewers: lets them join at a rate, leave and be replaced, and keeps count of how it went.</summary>
internal sealed class Crowd
{
    // Requests under way at once; a server that does not answer must not make us keep more.
    private const int MaxPending = 1_000;

    // How finely joins and leaves are timed.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    // How often is looked whether a joining viewer is there; its own clock readings are exact, so this only frees it sooner.
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(20);

    // Longer than the peers' own limit for ICE and DTLS, after which they close.
    private static readonly TimeSpan SetupPatience = TimeSpan.FromSeconds(20);

    private readonly LoadOptions _options;
    private readonly HeadlessPeers _peers;
    private readonly LoadTarget _target;
    private readonly RoomPlan _plan;
    private readonly RoomObserver[] _observers;
    private readonly ViewerOptions _viewerOptions;
    private readonly ConcurrentDictionary<int, Seat> _present = new();
    private readonly SemaphoreSlim _pending = new(MaxPending);
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Seat, long> _leaving = new();
    private ViewerTotals _gone;
    private int _nextNumber;
    private int _openedChannels;

    public Crowd(LoadOptions options, HeadlessPeers peers, LoadTarget target, RoomPlan plan, IReadOnlyList<RoomObserver> observers)
    {
        _options = options;
        _peers = peers;
        _target = target;
        _plan = plan;
        _observers = [.. observers];
        _viewerOptions = new ViewerOptions
        {
            Audio = options.Audio,
            VideoCodecs = options.Video ? new ViewerOptions().VideoCodecs : [],
            Data = options.Data,
            Inspection = options.Inspection,
            Loss = options.Loss,
            TransportFeedback = options.TransportFeedback,
        };
    }

    /// <summary>The viewers of the plan and those that replaced them.</summary>
    public JoinStatistics Joins { get; } = new();

    /// <summary>The viewers of the storm.</summary>
    public JoinStatistics StormJoins { get; } = new();

    /// <summary>Whether viewers are to see key frames.</summary>
    private bool AwaitsPicture => _options is { PublishHosts: true, Video: true };

    private bool AwaitsPackets => _options.PublishHosts && (_options.Video || _options.Audio);

    /// <summary>Viewers whose media flows, or should.</summary>
    public int ConnectedCount => _present.Values.Count(seat => seat.Viewer.ConnectedAt is not null);

    /// <summary>Channels for overlays that were opened in the run.</summary>
    public int OpenedChannels => _openedChannels;

    /// <summary>Those that are there, in no order; a moment's picture.</summary>
    public IReadOnlyList<Seat> Present => [.. _present.Values];

    /// <summary>
    /// Joins the viewers of the plan at the rate of the options; done when each is connected and has its first key frame (if hosts
    /// publish), or has failed.
    /// </summary>
    public Task JoinAsync(CancellationToken cancellationToken) =>
        JoinManyAsync(_options.Viewers, _options.Ramp, number => _plan.RoomOf(number), Joins, _options.Stay, true, cancellationToken);

    /// <summary>A storm into the largest room; done when all of it have come, or failed.</summary>
    public Task StormAsync(Burst storm, CancellationToken cancellationToken) =>
        JoinManyAsync(storm.Count, storm.PerSecond, _ => 0, StormJoins, storm.Stay, false, cancellationToken);

    /// <summary>
    /// Until <paramref name="end"/>, lets viewers that have stayed long enough leave, and others join in their place; done when those
    /// joins are.
    /// </summary>
    public async Task ReplaceAsync(Task end, CancellationToken cancellationToken)
    {
        var tasks = new List<Task>();
        while (!end.IsCompleted)
        {
            await Task.Delay(Tick, cancellationToken);
            while (TryTakeLeaving(out var seat))
            {
                tasks.Add(LeaveAsync(seat, seat.IsReplaced ? Joins : StormJoins, cancellationToken));
                if (seat.IsReplaced)
                {
                    await _pending.WaitAsync(cancellationToken);
                    tasks.Add(JoinOneAsync(seat.Room, Joins, _options.Stay, true, cancellationToken));
                }
            }

            tasks.RemoveAll(task => task.IsCompletedSuccessfully);
        }

        await Task.WhenAll(tasks);
    }

    /// <summary>
    /// One viewer who comes, waits until it is served, and leaves; done when its connection is closed. Null, or why the server did not
    /// take it: what becomes of that, and whether it counts, is the caller's. What goes wrong later is in the statistics.
    /// </summary>
    public async Task<SignalingProblem?> VisitAsync(int room, JoinStatistics statistics, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _nextNumber) - 1;
        var outcome = await _target.WatchAsync(
            _plan.Names[room], Seat.IdOf(number), _viewerOptions, new SeatObserver(_observers[room]), cancellationToken);
        if (!outcome.IsJoined)
        {
            return outcome.Problem;
        }

        statistics.Attempt();
        statistics.Join(outcome.AnsweredAt - outcome.RequestedAt);
        var seat = new Seat(outcome.Peer, outcome.Session, number, room, IsReplaced: false);
        _present[number] = seat;
        await FollowAsync(seat, outcome.RequestedAt, statistics, cancellationToken);
        await LeaveAsync(seat, statistics, cancellationToken);
        await Task.WhenAny(seat.Viewer.Closed, Task.Delay(SetupPatience, cancellationToken));
        return null;
    }

    /// <summary>What all got so far, those who left included.</summary>
    public ViewerTotals Totals()
    {
        lock (_lock)
        {
            var totals = _gone;
            foreach (var seat in _present.Values)
            {
                totals += ViewerTotals.Of(seat.Viewer);
            }

            return totals;
        }
    }

    public Task LeaveAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_present.Values.Select(seat => LeaveAsync(seat, Joins, cancellationToken)));

    private async Task JoinManyAsync(
        int count,
        double perSecond,
        Func<int, int> roomOf,
        JoinStatistics statistics,
        TimeSpan stay,
        bool isReplaced,
        CancellationToken cancellationToken)
    {
        var joins = new List<Task>(count);
        var started = _peers.Clock.Now;
        while (joins.Count < count)
        {
            var due = Math.Min(count, 1 + (int)((_peers.Clock.Now - started).TotalSeconds * perSecond));
            while (joins.Count < due)
            {
                await _pending.WaitAsync(cancellationToken);
                statistics.Late.Record(_peers.Clock.Now - started - TimeSpan.FromSeconds(joins.Count / perSecond));
                joins.Add(JoinOneAsync(roomOf(joins.Count), statistics, stay, isReplaced, cancellationToken));
            }

            await Task.Delay(Tick, cancellationToken);
        }

        await Task.WhenAll(joins);
    }

    private async Task JoinOneAsync(
        int room, JoinStatistics statistics, TimeSpan stay, bool isReplaced, CancellationToken cancellationToken)
    {
        try
        {
            statistics.Attempt();
            var number = Interlocked.Increment(ref _nextNumber) - 1;
            var outcome = await _target.WatchAsync(
                _plan.Names[room], Seat.IdOf(number), _viewerOptions, new SeatObserver(_observers[room]), cancellationToken);
            if (!outcome.IsJoined)
            {
                statistics.Fail(outcome.Problem.ToString());
                return;
            }

            statistics.Join(outcome.AnsweredAt - outcome.RequestedAt);
            var seat = new Seat(outcome.Peer, outcome.Session, number, room, isReplaced);
            _present[number] = seat;
            if (stay > TimeSpan.Zero)
            {
                lock (_lock)
                {
                    _leaving.Enqueue(seat, (_peers.Clock.Now + stay).Nanoseconds);
                }
            }

            await FollowAsync(seat, outcome.RequestedAt, statistics, cancellationToken);
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task FollowAsync(Seat seat, Timestamp requestedAt, JoinStatistics statistics, CancellationToken cancellationToken)
    {
        var viewer = seat.Viewer;
        var deadline = _peers.Clock.Now + SetupPatience;
        while (!IsSettled(viewer) && !viewer.Closed.IsCompleted && _peers.Clock.Now < deadline)
        {
            await Task.Delay(FollowInterval, cancellationToken);
        }

        if (viewer.ConnectedAt is not { } connectedAt)
        {
            statistics.Fail(viewer.Closed.IsCompletedSuccessfully ? $"not connected: {viewer.Closed.Result}" : "not connected in time");
            await LeaveAsync(seat, statistics, cancellationToken);
            return;
        }

        statistics.Connected.Record(connectedAt - requestedAt);
        if (viewer.OverlaysOpenedAt is not null)
        {
            Interlocked.Increment(ref _openedChannels);
        }
        else if (_options.Data)
        {
            statistics.Fail("no overlay channel");
        }

        if (AwaitsPackets && viewer.FirstPacketAt is null)
        {
            statistics.Fail("no packet");
        }
        else if (viewer.FirstPacketAt is { } firstPacketAt)
        {
            statistics.FirstPacket.Record(firstPacketAt - requestedAt);
        }

        if (viewer.FirstKeyFrameAt is { } firstKeyFrameAt)
        {
            statistics.FirstKeyFrame.Record(firstKeyFrameAt - requestedAt);
        }
        else if (AwaitsPicture)
        {
            statistics.Fail("no key frame");
        }
    }

    private bool IsSettled(HeadlessViewer viewer) =>
        viewer.ConnectedAt is not null
        && (!AwaitsPackets || viewer.FirstPacketAt is not null)
        && (!AwaitsPicture || viewer.FirstKeyFrameAt is not null)
        && (!_options.Data || viewer.OverlaysOpenedAt is not null);

    private bool TryTakeLeaving(out Seat seat)
    {
        lock (_lock)
        {
            if (_leaving.TryPeek(out seat!, out var at) && at <= _peers.Clock.Now.Nanoseconds)
            {
                _leaving.Dequeue();
                return true;
            }

            return false;
        }
    }

    private async Task LeaveAsync(Seat seat, JoinStatistics statistics, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_present.TryRemove(seat.Number, out _))
            {
                return;
            }

            _gone += ViewerTotals.Of(seat.Viewer);
        }

        if (await _target.LeaveAsync(seat.Viewer, seat.Session, cancellationToken) is { } problem)
        {
            statistics.Fail($"leaving: {problem}");
        }
    }
}
