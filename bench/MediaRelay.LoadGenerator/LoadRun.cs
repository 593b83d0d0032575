using System.Diagnostics;
using System.Runtime.InteropServices;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
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

    private readonly LoadOptions _options;
    private readonly Action<string> _say;
    private readonly HttpClient _http;
    private readonly HeadlessPeers _peers;
    private readonly LoadTarget _target;
    private readonly LatencyObserver _observer = new();
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
            },
            TimeProvider.System,
            new Random(),
            fault =>
            {
                Interlocked.Increment(ref _faults);
                say($"bug: {fault}");
            });
        _target = LoadTargets.Create(new LoadTargetContext(options, _http, _peers));
    }

    private IEnumerable<string> Rooms => Enumerable.Range(0, _options.Rooms).Select(i => $"{_options.RoomPrefix}{i}");

    /// <summary>The report; null when rooms or hosts could not be made, which was said.</summary>
    public async Task<LoadReport?> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        if (!await SetUpAsync(cancellationToken) || !await PublishAsync(cancellationToken))
        {
            return null;
        }

        var server = _options.ServerPid is { } pid ? new ServerProcess(pid) : null;
        var before = Sample(server, default);
        _say($"{_options.Viewers} viewers join {_options.Rooms} rooms, {_options.Ramp} a second");
        var crowd = new Crowd(_options, _peers, _target, _observer);
        await crowd.JoinAsync(_options.Viewers, cancellationToken);
        await Task.Delay(SettleTime, cancellationToken);

        _say($"measuring for {_options.Duration.TotalSeconds} s with {crowd.ConnectedCount} viewers");
        var (opened, closed) = await MeasureAsync(crowd, server, cancellationToken);
        var report = Report(startedAt, crowd, before, opened, closed);
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
        foreach (var room in Rooms)
        {
            if (await _target.SetUpRoomAsync(room, cancellationToken) is { } problem)
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

        foreach (var room in Rooms)
        {
            var source = new SyntheticMediaSource(new SyntheticMediaOptions
            {
                Video = _options.Codec,
                BitRate = _options.BitRate,
                FrameRate = _options.FrameRate,
                KeyFrameInterval = _options.KeyFrameInterval,
            });
            _sources.Add(source);
            var outcome = await _target.PublishAsync(room, source, new HostOptions(), cancellationToken);
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

    private async Task<(Moment Opened, Moment Closed)> MeasureAsync(
        Crowd crowd, ServerProcess? server, CancellationToken cancellationToken)
    {
        var opened = Sample(server, crowd.Totals());
        _observer.IsOpen = true;
        var window = Task.Delay(_options.Duration, cancellationToken);
        var replacing = crowd.ReplaceAsync(window, cancellationToken);
        await window;
        _observer.IsOpen = false;
        var closed = Sample(server, crowd.Totals());
        await replacing;
        return (opened, closed);
    }

    private static Moment Sample(ServerProcess? server, in ViewerTotals totals)
    {
        var cpu = 0.0;
        var rss = 0L;
        var isKnown = server is not null && server.TryRead(out cpu, out rss);
        using var own = Process.GetCurrentProcess();
        return new Moment(Stopwatch.GetTimestamp(), totals, isKnown, cpu, rss, own.TotalProcessorTime.TotalSeconds);
    }

    private LoadReport Report(
        DateTimeOffset startedAt, Crowd crowd, in Moment before, in Moment opened, in Moment closed)
    {
        var seconds = Stopwatch.GetElapsedTime(opened.At, closed.At).TotalSeconds;
        var got = closed.Totals - opened.Totals;
        var viewers = crowd.ConnectedCount;
        var media = new MediaReport(
            Math.Round(seconds, 3),
            viewers,
            got.Packets,
            Math.Round(got.Packets / seconds),
            Math.Round(got.Bytes * 8 / seconds / 1e6, 2),
            Math.Max(0, got.Missing),
            got.Packets == 0 ? 0 : Math.Round(Math.Max(0, got.Missing) / (double)(got.Packets + Math.Max(0, got.Missing)), 6),
            got.Repaired,
            got.Nacks,
            got.Plis,
            got.Pictures,
            got.Broken,
            viewers == 0 ? 0 : Math.Round(got.Pictures / seconds / viewers, 2),
            Percentiles.Of(_observer.Latency));
        return new LoadReport(
            startedAt,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}",
            Environment.ProcessorCount,
            _options.Rooms,
            _options.BitRate,
            _options.FrameRate,
            crowd.Report(),
            media,
            crowd.ReportOverlays(),
            ReportServer(before, opened, closed, got.Packets, seconds, viewers),
            new GeneratorReport(
                Math.Round(closed.OwnCpu - opened.OwnCpu, 3),
                Math.Round((closed.OwnCpu - opened.OwnCpu) / seconds, 3),
                _peers.Loops.Sum(loop => loop.QueueDrops),
                _peers.Loops.Sum(loop => loop.SendErrors),
                _sources.Sum(source => source.Skipped),
                _faults,
                _options.Inspection.ToString(),
                _options.TurnInterval.TotalMilliseconds,
                _options.TakeBursts));
    }

    private static ServerReport? ReportServer(
        in Moment before, in Moment opened, in Moment closed, long packets, double seconds, int viewers)
    {
        if (!before.IsServerKnown || !opened.IsServerKnown || !closed.IsServerKnown)
        {
            return null;
        }

        var cpu = closed.ServerCpu - opened.ServerCpu;
        return new ServerReport(
            Math.Round(cpu, 3),
            Math.Round(cpu / seconds, 3),
            cpu == 0 ? 0 : Math.Round(packets / cpu),
            before.ServerRss,
            closed.ServerRss,
            viewers == 0 ? 0 : Math.Round((closed.ServerRss - before.ServerRss) / (double)viewers));
    }

    private readonly record struct Moment(
        long At, ViewerTotals Totals, bool IsServerKnown, double ServerCpu, long ServerRss, double OwnCpu);
}
