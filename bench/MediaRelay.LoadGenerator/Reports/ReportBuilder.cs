using System.Diagnostics;
using System.Runtime.InteropServices;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Statistics;
using MediaRelay.Commerce.Overlays;
using MediaRelay.LoadGenerator.Crowds;
using MediaRelay.LoadGenerator.Interactions;
using MediaRelay.LoadGenerator.Measuring;
using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Makes the report out of what the parts of a run have counted.</summary>
internal sealed class ReportBuilder
{
    public required LoadOptions Options { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required RoomPlan Plan { get; init; }

    public required HeadlessPeers Peers { get; init; }

    public required Crowd Crowd { get; init; }

    public required Measurements Measurements { get; init; }

    public required IReadOnlyList<RoomObserver> Observers { get; init; }

    public required IReadOnlyList<HeadlessHost> Hosts { get; init; }

    public required IReadOnlyList<SyntheticMediaSource> Sources { get; init; }

    public LikeLoad? Likes { get; init; }

    public OrderLoad? Orders { get; init; }

    public OverlayLoad? OverlayLoad { get; init; }

    public CoHostLoad? CoHosts { get; init; }

    public RoomChurn? Churn { get; init; }

    public Turnstile? Turnstile { get; init; }

    /// <summary>Bugs that were caught in the run.</summary>
    public required int Faults { get; init; }

    /// <summary>Before the first viewer; then the window's begin and end.</summary>
    public required Moment Before { get; init; }

    public required Moment Opened { get; init; }

    public required Moment Closed { get; init; }

    /// <summary>Viewers at the window's end.</summary>
    public required int Viewers { get; init; }

    /// <summary>Viewers over the window.</summary>
    public required double MeanViewers { get; init; }

    public required MetricsWindow? Metrics { get; init; }

    private double Seconds => Stopwatch.GetElapsedTime(Opened.At, Closed.At).TotalSeconds;

    private ViewerTotals Got => Closed.Totals - Opened.Totals;

    public LoadReport Build()
    {
        var hosts = BuildHosts();
        var joins = Crowd.Joins.Report();
        var storm = Options.Storm is null ? null : Crowd.StormJoins.Report();
        var orders = Orders?.Report();
        return new LoadReport(
            StartedAt,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}",
            Environment.ProcessorCount,
            Options.Rooms,
            Options.BitRate,
            Options.FrameRate,
            BuildLoad(),
            joins,
            storm,
            BuildMedia(),
            hosts,
            BuildOverlays(),
            Likes?.Report(Observers.Sum(observer => observer.Likes), Got.RefusedSends),
            orders,
            CoHosts?.Report(),
            Churn?.Report(),
            Turnstile?.Report(),
            BuildServer(),
            BuildGenerator(hosts, storm is null ? [joins] : [joins, storm], orders));
    }

    private LoadSection BuildLoad() => new(
        Options.Preset,
        Options.Preset is null ? null : Options.Scale,
        Options.Target,
        Options.Seed,
        Options.Viewers,
        Options.Sizes.ToString(),
        Plan.Sizes,
        Options.Ramp,
        Options.Storm?.ToString(),
        Options.Stay.TotalSeconds,
        Options.PublishHosts ? "synthetic" : "none",
        Options.Codec.ToString(),
        Options.IsPaced ? "paced" : "burst",
        Options.Simulcast,
        Options.KeyFrameInterval.TotalSeconds,
        Options.Video,
        Options.Audio,
        Options.Data,
        Options.Loss * 100,
        Options.UplinkLoss * 100,
        Options.Likes,
        Options.Orders,
        Options.Flash?.ToString(),
        Options.Overlays,
        Options.Flood,
        Options.Links,
        Options.Churn,
        Options.ChurnStay.TotalSeconds,
        Options.TransportFeedback);

    private MediaReport BuildMedia()
    {
        var got = Got;
        var missing = Math.Max(0, got.Missing);
        return new MediaReport(
            Math.Round(Seconds, 3),
            Viewers,
            Math.Round(MeanViewers, 1),
            got.Packets,
            Math.Round(got.Packets / Seconds),
            Math.Round(got.Bytes * 8 / Seconds / 1e6, 2),
            missing,
            got.Packets == 0 ? 0 : Math.Round(missing / (double)(got.Packets + missing), 6),
            got.Recovered,
            got.LostOnPurpose,
            got.Nacks,
            got.Plis,
            got.Pictures,
            got.Broken,
            MeanViewers == 0 ? 0 : Math.Round(got.Pictures / Seconds / MeanViewers, 2),
            Percentiles.Of(Measurements.MadeToComplete),
            Percentiles.Of(Measurements.SentToComplete));
    }

    private HostReport BuildHosts()
    {
        // One histogram over all: the latest host is what a verdict needs.
        var lateness = new LatencyHistogram();
        foreach (var source in Sources)
        {
            lateness.Add(source.Lateness);
        }

        return new HostReport(
            Hosts.Count,
            Hosts.Sum(host => host.Counters.Pictures),
            Hosts.Sum(host => host.Counters.KeyFrames),
            Hosts.Sum(host => host.Counters.Packets),
            Hosts.Sum(host => host.Counters.Nacked),
            Hosts.Sum(host => host.Counters.Resent),
            Hosts.Sum(host => host.Counters.KeyFrameRequests),
            Hosts.Sum(host => host.Counters.LostOnPurpose),
            Sources.Sum(source => source.Skipped),
            Percentiles.Of(lateness));
    }

    private OverlayReport BuildOverlays()
    {
        var cpu = Closed.Server?.CpuSeconds - Opened.Server?.CpuSeconds;
        var messages = Got.Messages;
        var largest = Observers[0];
        return new OverlayReport(
            Crowd.OpenedChannels,
            Closed.Totals.Messages,
            Closed.Totals.MessageBytes,
            Measurements.Purchases,
            Percentiles.Of(Measurements.Purchase),
            Percentiles.Of(Measurements.OtherOverlay),
            Measurements.Malformed,
            Observers.Sum(observer => observer.Deliveries.OutOfOrder),
            OverlayLoad is null ? null : [.. Enum.GetValues<OverlayClass>().Select(BuildClass)],
            OverlayLoad is null ? null : Percentiles.Of(largest.OwnPurchase),
            OverlayLoad is null ? null : Percentiles.Of(largest.OtherPurchase),
            OverlayLoad?.Report(),
            cpu > 0 && messages > 0 ? Math.Round(messages / cpu.Value) : null,
            messages > 0 ? Round(Metrics?.AllocatedBytes / messages, 1) : null,
            Metrics?.Gen2Collections);
    }

    private OverlayClassReport BuildClass(OverlayClass overlayClass)
    {
        var deliveries = Observers[0].Deliveries;
        var (messages, lost) = deliveries.Missing(overlayClass, Crowd.Present.Count(seat => seat.Room == 0 && seat.Viewer.OverlaysOpenedAt is not null));
        return new OverlayClassReport(
            overlayClass.ToString(), messages, deliveries.Received(overlayClass), lost, Percentiles.Of(deliveries.Latency(overlayClass)));
    }

    private ServerReport? BuildServer()
    {
        var process = (Before.Server, Opened.Server, Closed.Server) is ({ } before, { } opened, { } closed)
            ? (Cpu: closed.CpuSeconds - opened.CpuSeconds, Before: before.RssBytes, After: closed.RssBytes)
            : ((double Cpu, long Before, long After)?)null;
        if (process is null && Metrics is null)
        {
            return null;
        }

        return new ServerReport(
            Round(process?.Cpu, 3),
            Round(process?.Cpu / Seconds, 3),
            process is { Cpu: > 0 } ? Math.Round(Got.Packets / process.Value.Cpu) : null,
            process?.Before,
            process?.After,
            process is { } known && Viewers > 0 ? Math.Round((known.After - known.Before) / (double)Viewers) : null,
            Metrics?.AllocatedBytes,
            Got.Packets > 0 ? Round(Metrics?.AllocatedBytes / Got.Packets, 3) : null,
            Round(Metrics?.GcPauseSeconds * 1_000, 3),
            Metrics?.Counters,
            Metrics?.Times);
    }

    private GeneratorReport BuildGenerator(HostReport hosts, IReadOnlyList<JoinReport> joins, OrderReport? orders)
    {
        var busiest = Closed.LoopBusy.Zip(Opened.LoopBusy, (after, before) => (after - before).TotalSeconds / Seconds).DefaultIfEmpty().Max();
        var queueDrops = Peers.Loops.Sum(loop => loop.QueueDrops);
        return new GeneratorReport(
            Math.Round(Closed.OwnCpuSeconds - Opened.OwnCpuSeconds, 3),
            Math.Round((Closed.OwnCpuSeconds - Opened.OwnCpuSeconds) / Seconds, 3),
            Math.Round(busiest, 3),
            queueDrops,
            Peers.Loops.Sum(loop => loop.SendErrors),
            hosts.SkippedPictures,
            Faults,
            Options.Inspection.ToString(),
            Options.TurnInterval.TotalMilliseconds,
            Options.TakeBursts,
            Options.SendBursts,
            Peers.Loops.Sum(loop => loop.SegmentedDatagrams),
            Verdict.Of(queueDrops, busiest, hosts, joins, orders));
    }

    private static double? Round(double? value, int digits) => value is { } known ? Math.Round(known, digits) : null;
}
