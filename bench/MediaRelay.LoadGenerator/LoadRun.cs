using System.Diagnostics;
using System.Globalization;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.LoadGenerator.Crowds;
using MediaRelay.LoadGenerator.Interactions;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Reports;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.LoadGenerator.Targets;

namespace MediaRelay.LoadGenerator;

/// <summary>One run: rooms, hosts, viewers, the measured window, the report. What it made on the server it removes.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(200);

    // What was cached for joiners has been played by then (the relay's playback delay is gone within 2 s).
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    // Ten times what an overlay may take.
    private static readonly TimeSpan OverlayPatience = TimeSpan.FromMilliseconds(2_500);

    private static readonly TimeSpan CountInterval = TimeSpan.FromMilliseconds(250);

    private readonly LoadOptions _options;
    private readonly Action<string> _say;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly HttpClient _http;
    private readonly HeadlessPeers _peers;
    private readonly LoadTarget _target;
    private readonly RoomPlan _plan;
    private readonly Measurements _measurements;
    private readonly RoomObserver[] _observers;
    private readonly List<SyntheticMediaSource> _sources = [];
    private readonly List<HeadlessHost> _hosts = [];
    private int _faults;

    public LoadRun(LoadOptions options, Action<string> say)
    {
        _options = options;
        _say = say;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = HttpTimeout };
        _peers = new HeadlessPeers(
            new HeadlessPeersOptions
            {
                ViewerLoops = options.Loops, TurnInterval = options.TurnInterval, TakeBursts = options.TakeBursts,
                SendBursts = options.SendBursts,
            },
            _time,
            new Random(options.Seed),
            fault =>
            {
                Interlocked.Increment(ref _faults);
                say($"bug: {fault}");
            });
        _target = LoadTargets.Create(new LoadTargetContext(options, _http, _peers));
        _plan = new RoomPlan(options);
        _measurements = new Measurements(_peers.Clock, _time);
        _observers = [.. _plan.Names.Select(name => new RoomObserver(_measurements, name))];
    }

    /// <summary>The report; null when the run was not possible, which was said.</summary>
    public async Task<LoadReport?> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = _time.GetUtcNow();
        var peers = _options.Viewers + (_options.Storm?.Count ?? 0) + Math.Min(_options.Churn, RoomChurn.MaxLanes)
            + (_options.Visits > 0 ? _options.VisitLanes : 0) + (_options.PublishHosts ? _options.Rooms : 0);
        if (ProcessLimits.Check(peers) is { } problem)
        {
            _say(problem);
            return null;
        }

        if (!await SetUpAsync(cancellationToken) || !await PublishAsync(cancellationToken))
        {
            return null;
        }

        var server = _options.ServerPid is { } pid ? new ServerProcess(pid) : null;
        var crowd = new Crowd(_options, _peers, _target, _plan, _observers);
        var before = Sample(server, crowd);
        _say($"{_options.Viewers} viewers join {_options.Rooms} rooms, {_options.Ramp} a second; the largest gets {_plan.Sizes[0]}");
        await crowd.JoinAsync(cancellationToken);
        await Task.Delay(SettleTime, cancellationToken);

        _say(_options.Visits > 0
            ? $"measuring {_options.Visits} visits, {_options.VisitLanes} at once, beside {crowd.ConnectedCount} viewers"
            : $"measuring for {_options.Window.TotalSeconds} s with {crowd.ConnectedCount} viewers");
        var report = await MeasureAsync(startedAt, server, crowd, before, cancellationToken);
        await crowd.LeaveAllAsync(cancellationToken);
        await Task.Delay(GoodbyeTime, cancellationToken);
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Close();
        }

        using var patience = new CancellationTokenSource(HttpTimeout);
        foreach (var remark in await _target.TearDownAsync(patience.Token))
        {
            _say(remark);
        }

        _peers.Dispose();
        _http.Dispose();
    }

    private async Task<bool> SetUpAsync(CancellationToken cancellationToken)
    {
        foreach (var room in _plan.Names)
        {
            var problem = await _target.SetUpRoomAsync(room, cancellationToken);
            if (problem is null && _options.HasOrders && _target.Platform is { } platform)
            {
                problem = await platform.PutItemAsync(room, OrderMix.ItemOf(room), OrderMix.MakeItem(room), cancellationToken);
            }

            if (problem is not null)
            {
                _say($"room {room} cannot be made: {problem}");
                return false;
            }
        }

        return true;
    }

    private async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        if (!_options.PublishHosts)
        {
            return true;
        }

        foreach (var room in _plan.Names)
        {
            var media = new SyntheticMediaOptions
            {
                Video = _options.Video ? _options.Codec : null,
                HasAudio = _options.Audio,
                BitRate = _options.BitRate,
                FrameRate = _options.FrameRate,
                KeyFrameInterval = _options.KeyFrameInterval,
            };
            var source = new SyntheticMediaSource(_options.Simulcast ? media with { Layers = media.ThreeLayers } : media);
            var hostOptions = new HostOptions
            {
                // Two thirds, so that a picture has left before the next one and a late turn does not run into it.
                Pacing = _options.IsPaced ? TimeSpan.FromSeconds(2.0 / 3 / _options.FrameRate) : TimeSpan.Zero,
                UplinkLoss = _options.UplinkLoss,
            };
            _sources.Add(source);
            var outcome = await _target.PublishAsync(room, source, hostOptions, cancellationToken);
            if (!outcome.IsJoined)
            {
                _say($"the host of room {room} was not taken: {outcome.Problem}");
                return false;
            }

            _hosts.Add(outcome.Peer);
            await Task.WhenAny(outcome.Peer.Connected, outcome.Peer.Closed, Task.Delay(HostPatience, cancellationToken));
            if (!outcome.Peer.Connected.IsCompletedSuccessfully)
            {
                _say($"the host of room {room} did not connect");
                return false;
            }
        }

        return true;
    }

    private async Task<LoadReport> MeasureAsync(
        DateTimeOffset startedAt, ServerProcess? server, Crowd crowd, Moment before, CancellationToken cancellationToken)
    {
        var metrics = _options.Target == LoadTargets.Default ? new ServerMetrics(_http, new Uri(_options.Server, "/metrics")) : null;
        var firstMetrics = metrics is null ? null : await metrics.ReadAsync(cancellationToken);
        var openedMetrics = metrics is null ? null : await metrics.ReadAsync(cancellationToken);
        foreach (var source in _sources)
        {
            source.Lateness.Clear();
        }

        var likes = _options.Likes > 0 ? new LikeLoad(_options.Likes, crowd, () => _peers.Clock.Now, _time) : null;
        var orders = _options.Orders > 0 || _options.Flash is not null ? MakeOrders(startedAt) : null;
        var overlays = _options.Overlays > 0
            ? new OverlayLoad(_options, _target.Platform!, _plan, PrefixOf(startedAt), () => _peers.Clock.Now, _time) : null;
        var coHosts = _options.Links > 0 ? new CoHostLoad(_options.Links, _target.Platform!, _plan) : null;

        var churn = _options.Churn > 0 ? new RoomChurn(_options, _target, _target.Platform!, () => _peers.Clock.Now) : null;
        var turnstile = _options.Visits > 0 ? new Turnstile(_options, crowd, _plan, server, () => _peers.Clock.Now, _say) : null;

        var opened = Sample(server, crowd);
        _measurements.IsOpen = true;
        _observers[0].Deliveries.Open(_measurements.UnixMicros(_peers.Clock.Now));
        var end = turnstile?.RunAsync(cancellationToken) ?? Task.Delay(_options.Window, cancellationToken);
        Task[] running =
        [
            crowd.ReplaceAsync(end, cancellationToken),
            _options.Storm is { } storm ? crowd.StormAsync(storm, cancellationToken) : Task.CompletedTask,
            likes?.RunAsync(end, cancellationToken) ?? Task.CompletedTask,
            orders?.RunAsync(_options.Window, end, cancellationToken) ?? Task.CompletedTask,
            overlays?.RunAsync(end, cancellationToken) ?? Task.CompletedTask,
            coHosts?.RunAsync(_options.Window, end, cancellationToken) ?? Task.CompletedTask,
            churn?.RunAsync(_options.Window, end, cancellationToken) ?? Task.CompletedTask,
        ];
        var meanViewers = await CountViewersAsync(crowd, end, cancellationToken);
        await end;
        var closed = Sample(server, crowd);
        var viewers = crowd.ConnectedCount;
        var closedMetrics = metrics is null ? null : await metrics.ReadAsync(cancellationToken);
        _observers[0].Deliveries.Close(_measurements.UnixMicros(_peers.Clock.Now));
        await Task.WhenAll(running);
        if (overlays is not null)
        {
            // What is under way shall not count as lost.
            await Task.Delay(OverlayPatience, cancellationToken);
        }

        _measurements.IsOpen = false;

        return new ReportBuilder
        {
            Options = _options,
            StartedAt = startedAt,
            Plan = _plan,
            Peers = _peers,
            Crowd = crowd,
            Measurements = _measurements,
            Observers = _observers,
            Hosts = _hosts,
            Sources = _sources,
            Likes = likes,
            Orders = orders,
            OverlayLoad = overlays,
            CoHosts = coHosts,
            Churn = churn,
            Turnstile = turnstile,
            Faults = _faults,
            Before = before,
            Opened = opened,
            Closed = closed,
            Viewers = viewers,
            MeanViewers = meanViewers,
            Metrics = firstMetrics is not null && openedMetrics is not null && closedMetrics is not null
                ? MetricsWindow.Of(firstMetrics, openedMetrics, closedMetrics)
                : null,
        }.Build();
    }

    // Who comes with a storm and leaves counts for the time that it was there.
    private static async Task<double> CountViewersAsync(Crowd crowd, Task end, CancellationToken cancellationToken)
    {
        var (sum, times) = (0L, 0);
        while (!end.IsCompleted)
        {
            sum += crowd.ConnectedCount;
            times++;
            await Task.WhenAny(end, Task.Delay(CountInterval, cancellationToken));
        }

        return (double)sum / times;
    }

    private static string PrefixOf(DateTimeOffset startedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"load-{startedAt.ToUnixTimeMilliseconds():x}");

    private OrderLoad MakeOrders(DateTimeOffset startedAt)
    {
        return new OrderLoad(
            _options, _target.Platform!, new OrderMix(_plan, PrefixOf(startedAt), new Random(_options.Seed), _time, _options.Overlays > 0), () => _peers.Clock.Now);
    }

    private Moment Sample(ServerProcess? server, Crowd crowd)
    {
        using var own = Process.GetCurrentProcess();
        return new Moment(
            Stopwatch.GetTimestamp(),
            crowd.Totals(),
            server is not null && server.TryRead(out var cpu, out var rss) ? (cpu, rss) : null,
            own.TotalProcessorTime.TotalSeconds,
            [.. _peers.Loops.Select(loop => loop.BusyTime)]);
    }
}
