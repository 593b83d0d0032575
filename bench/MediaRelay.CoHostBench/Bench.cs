using System.Reflection;
using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.CoHostBench;

/// <summary>
/// For each number of sessions: what codecs alone cost, hosts without a mixer, the sessions, and codecs alone again. Ends by itself.
/// </summary>
internal sealed class Bench(BenchOptions options, Action<string> say)
{
    private const int LoopSeconds = 10;

    private static readonly TimeSpan Plain = TimeSpan.FromSeconds(3);

    // Workers compile and their delay settles; the statistics come once a second.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly LoopClock _clock = new(TimeProvider.System);

    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        say("encoding the hosts' pictures");
        var sources = SourcesFrom(_clock.Now);
        var recordings = sources.ConvertAll(source => ProbeRecording.Make(source, ProbeSource.TimelineOf(source)));
        var steps = new List<BenchReport.Step>();
        foreach (var count in options.Sessions)
        {
            steps.Add(await RunAsync(count, recordings, cancellation));
        }

        return new BenchReport(
            options.Codec.ToString(), Environment.ProcessorCount, options.Window.TotalSeconds,
            recordings.Average(recording => recording.Pictures.Sum(picture => picture.Data.Length) * 8.0 / LoopSeconds / 1000), steps);
    }

    private async Task<BenchReport.Step> RunAsync(int count, List<ProbeRecording> recordings, CancellationToken cancellation)
    {
        say($"{count} at once: codecs alone");
        var before = CodecCost.Measure(options, recordings, options.Window / 2, cancellation);
        var sources = SourcesFrom(_clock.Now);
        var sessions = new List<BenchSession>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                sessions.Add(BenchSession.Make(sources, recordings, _clock));
            }

            say($"{count} at once: hosts without a mixer");
            var plain = await MeasurePlainAsync(sessions[0], sources, cancellation);
            say($"{count} at once: mixing");
            var worker = MixerWorkerOptions.For(Assembly.GetExecutingAssembly());
            foreach (var session in sessions)
            {
                await session.StartMixAsync(options, worker, cancellation);
            }

            var scenes = ProbeScene.Of("mix", Layout.Auto, CanvasSize.Portrait, ("0", 0), ("1", 1));
            using var viewer = new ProbeViewer("mix", options.Codec, sources, [scenes], _clock);
            sessions[0].Watch(viewer);
            await Task.Delay(WarmUp, cancellation);
            var (from, first, ownCpu, skipped) = (_clock.Now, sessions.ConvertAll(Read), Environment.CpuUsage.TotalTime, SkippedBy(sessions));
            await Task.Delay(options.Window, cancellation);
            var (to, last, ownCpuAfter) = (_clock.Now, sessions.ConvertAll(Read), Environment.CpuUsage.TotalTime);
            skipped = SkippedBy(sessions) - skipped;

            viewer.Drain();
            var analysis = new ProbeAnalysis(viewer, from, to);
            var report = analysis.Report();
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }

            say($"{count} at once: codecs alone again");
            var after = CodecCost.Measure(options, recordings, options.Window / 2, cancellation);
            return new BenchReport.Step(
                [.. first.Zip(last, SessionFigures.Between)],
                CodecCost.Mean(before, after),
                ProbeFigures.Of(plain.SelectMany(static of => of)),
                ProbeFigures.Of(sources.SelectMany(source => LatenciesOf(analysis, source.Source))),
                ProbeFigures.Of(sources.SelectMany((source, i) => AddedTo(ProbeFigures.Of(plain[i]), LatenciesOf(analysis, source.Source)))),
                ProbeFigures.Of(report.Sources.SelectMany(static source => new[] { source.LipSync.Min, source.LipSync.P50, source.LipSync.Max })),
                report.Sources.Select(static source => source.LongestRepeat).DefaultIfEmpty().Max(),
                (ownCpuAfter - ownCpu).TotalSeconds / (to - from).TotalSeconds,
                skipped);
        }
        finally
        {
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }

    /// <summary>Latencies of both hosts' pictures, each decoded as it comes from the host.</summary>
    private async Task<List<List<double>>> MeasurePlainAsync(
        BenchSession session, List<ProbeSourceOptions> sources, CancellationToken cancellation)
    {
        var latencies = new List<List<double>>();
        for (var i = 0; i < sources.Count; i++)
        {
            using var viewer = new ProbeViewer($"plain {i}", options.Codec, sources, [ProbeScene.Solo(i)], _clock);
            session.Hosts[i].SetWatch((isVideo, at, packet) => viewer.TakeRtp(isVideo, at, packet.Span));
            await Task.Delay(Plain / 2, cancellation);
            var from = _clock.Now;
            await Task.Delay(Plain, cancellation);
            session.Hosts[i].SetWatch(null);
            viewer.Drain();
            latencies.Add([.. LatenciesOf(new ProbeAnalysis(viewer, from, _clock.Now), i)]);
            if (latencies[i].Count == 0)
            {
                throw new InvalidOperationException($"Host {i} was not seen without a mixer: {session.Hosts[i].Source.Failure?.Message ?? "no picture could be read"}.");
            }
        }

        return latencies;
    }

    private static long SkippedBy(List<BenchSession> sessions) => sessions.Sum(session => session.Hosts.Sum(host => host.Source.Skipped));

    private SessionFigures.Reading Read(BenchSession session)
    {
        if (session.HasExited || !session.TryReadWorker(out var cpuSeconds, out var rssBytes))
        {
            throw new InvalidOperationException($"A worker ended before it was measured. It said: {session.Log}");
        }

        return new SessionFigures.Reading(_clock.Now, cpuSeconds, rssBytes, session.Pictures, session.Stats);
    }

    private List<ProbeSourceOptions> SourcesFrom(Timestamp epoch) =>
    [
        .. Enumerable.Range(0, 2).Select(i => new ProbeSourceOptions(i, epoch)
        {
            Codec = options.Codec,
            Width = options.Size.Width,
            Height = options.Size.Height,
            BitrateKbps = options.HostKbps,
            Phase = TimeSpan.FromMilliseconds(13 * i),
            LoopSeconds = LoopSeconds,
        }),
    ];

    private static IEnumerable<double> LatenciesOf(ProbeAnalysis analysis, int source) =>
        analysis.FirstShowings(source).Select(static shown => (shown.Picture.DecodedAt - shown.Tile.CapturedAt).TotalMilliseconds);

    private static IEnumerable<double> AddedTo(ProbeFigures plain, IEnumerable<double> latencies) =>
        latencies.Select(latency => latency - plain.P50);
}
