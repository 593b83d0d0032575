using System.Globalization;
using Spectre.Console;

namespace MediaRelay.LoadGenerator.Reports;

/// <summary>The report for a person.</summary>
internal static class ReportTable
{
    // The rooms that are listed; the rest are summed up.
    private const int MostSizes = 8;

    public static void Write(IAnsiConsole console, LoadReport report)
    {
        console.Write(MakeTimes(report));
        console.Write(MakeFigures(report));
        if (report.Server?.Times is { Count: > 0 } times)
        {
            console.Write(MakeServerTimes(times));
        }

        if (report.Generator.WasBottleneck)
        {
            var reasons = Markup.Escape(string.Join("; ", report.Generator.Limits));
            console.MarkupLine($"[yellow]This program itself was too slow, so these figures are not the server's alone: {reasons}.[/]");
        }
        else
        {
            console.MarkupLine("[green]This program kept up: the figures are the server's.[/]");
        }
    }

    private static Table MakeTimes(LoadReport report)
    {
        var times = new Table { Title = new TableTitle("Times in ms") };
        times.AddColumns("", "count", "mean", "p50", "p95", "p99", "max");
        AddJoins(times, "", report.Joins);
        if (report.Storm is { } storm)
        {
            AddJoins(times, "storm: ", storm);
        }

        if (report.Turnstile is { } turnstile)
        {
            AddJoins(times, "visit: ", turnstile.Joins);
        }

        if (report.Churn is { } churn)
        {
            AddTimes(times, "room made → host connected", churn.Opening);
            AddTimes(times, "show closed → room deleted", churn.Closing);
        }

        AddTimes(times, "picture made → complete", report.Media.Latency);
        AddTimes(times, "picture sent → complete", report.Media.SentLatency);
        if (report.Overlays.Opened > 0)
        {
            AddTimes(times, "order accepted → overlay", report.Overlays.PurchaseLatency);
            AddTimes(times, "other overlay → viewer", report.Overlays.OtherLatency);
            foreach (var each in report.Overlays.Classes ?? [])
            {
                AddTimes(times, $"largest room: {each.Class.ToLowerInvariant()} class → viewer", each.Latency);
            }

            if (report.Overlays is { OwnPurchases: { } own, OtherPurchases: { } other })
            {
                AddTimes(times, "its own merchant's purchases", own);
                AddTimes(times, "the other merchant's purchases", other);
            }
        }

        if (report.Orders is { } orders)
        {
            AddTimes(times, "order → answer", orders.Latency);
        }

        return times;
    }

    private static Table MakeFigures(LoadReport report)
    {
        var figures = new Table { ShowHeaders = false };
        figures.AddColumns("", "");
        Add(figures, "load", Describe(report));
        AddFailures(figures, "joins", report.Joins);
        if (report.Storm is { } storm)
        {
            AddFailures(figures, "storm", storm);
        }

        var media = report.Media;
        Add(figures, "packets", $"{media.PacketsPerSecond:N0}/s, {media.MegabitsPerSecond:N1} Mbit/s to {media.MeanViewers:N0} viewers in the mean");
        Add(
            figures,
            "loss",
            $"{media.Loss:P4} ({media.Missing:N0} missing, {media.Repaired:N0} repaired, {media.LostOnPurpose:N0} lost on purpose, "
            + $"{media.NacksSent:N0} NACKs, {media.PlisSent:N0} PLIs)");
        Add(
            figures,
            "pictures",
            $"{media.PicturesPerViewerAndSecond:F2} per viewer and second, {media.BrokenPictures:N0} broken");
        AddInteractions(figures, report);
        if (report.Server is { } server)
        {
            AddServer(figures, server);
        }

        var generator = report.Generator;
        Add(
            figures,
            "this program",
            $"{generator.CpuCores:F2} cores, busiest loop {generator.BusiestLoop:P0}, {generator.QueueDrops:N0} datagrams lost in own queues, "
            + $"{generator.SendErrors:N0} send errors, {generator.SkippedPictures:N0} pictures skipped (late p99 {report.Hosts.Lateness.P99Ms:F1} ms); "
            + $"decrypts {generator.Inspection}, turns every {generator.TurnMs} ms or more; "
            + (generator.SegmentedDatagrams > 0 ? $"hosts' bursts cut by the kernel ({generator.SegmentedDatagrams:N0} datagrams)" : "hosts' datagrams handed over singly"));
        return figures;
    }

    private static string Describe(LoadReport report)
    {
        var load = report.Load;
        var preset = load.Preset is null ? "" : $"{load.Preset} × {load.Scale}, ";
        var sizes = string.Join(", ", load.RoomSizes.Take(MostSizes));
        var more = load.RoomSizes.Count > MostSizes ? $", … {load.RoomSizes[^1]}" : "";
        return $"{preset}{load.Viewers} viewers in {report.Rooms} rooms of {sizes}{more}; {load.Pacing} hosts of {report.BitRate / 1e6:F2} Mbit/s at {report.FrameRate} fps";
    }

    private static void AddInteractions(Table figures, LoadReport report)
    {
        if (report.Overlays is { Opened: > 0 } overlays)
        {
            Add(
                figures,
                "overlays",
                $"{overlays.Messages:N0} messages on {overlays.Opened:N0} channels; {overlays.Purchases:N0} of purchases, {overlays.Malformed:N0} malformed, "
                + $"{overlays.OutOfOrder:N0} repeated or out of order");
            AddOverlayClasses(figures, report, overlays);
        }

        if (report.Likes is { } likes)
        {
            Add(figures, "likes", $"{likes.Sent:N0} sent, {likes.Refused:N0} refused, {likes.Counted:N0} counted by the server");
        }

        if (report.Orders is { } orders)
        {
            Add(
                figures,
                "orders",
                $"{orders.Reported:N0} events: {orders.Accepted:N0} accepted, {orders.Repeated:N0} repeated, {orders.Cancelled:N0} cancelled, "
                + $"{orders.RefusedWrongOwner:N0} of a wrong owner refused, {orders.Failed:N0} failed");
            AddReasons(figures, orders.Failures);
        }

        if (report.Churn is { } churn)
        {
            Add(figures, "rooms", $"{churn.Opened:N0} of {churn.Wanted:N0} opened, {churn.Closed:N0} closed, {churn.Failed:N0} failed");
            AddReasons(figures, churn.Failures);
        }

        if (report.Turnstile is { } turnstile)
        {
            AddTurnstile(figures, turnstile);
        }

        if (report.CoHosts is { } coHosts)
        {
            Add(figures, "links", $"{coHosts.Linked} of {coHosts.Wanted}");
            foreach (var failure in coHosts.Failures)
            {
                Add(figures, "  failed", failure);
            }
        }
    }

    private static void AddOverlayClasses(Table figures, LoadReport report, OverlayReport overlays)
    {
        foreach (var each in overlays.Classes ?? [])
        {
            Add(
                figures,
                $"  {each.Class.ToLowerInvariant()} class",
                $"{each.Messages:N0} messages, {each.Delivered:N0} delivered, {each.Lost:N0} missing");
        }

        if (overlays.Load is { } load)
        {
            Add(
                figures,
                "  published",
                $"{load.Sent:N0} asked for ({report.Load.OverlaysPerSecond:N0}/s, {report.Load.Flood:N0} to 1), {load.Accepted:N0} accepted, "
                + $"answered in {load.Answer.P99Ms:F1} ms (p99), begun late by {load.Late.P99Ms:F1} ms (p99)");
            AddReasons(figures, load.Failures);
        }

        foreach (var (series, count) in report.Server?.Counters ?? new Dictionary<string, double>())
        {
            if (series.StartsWith("mediarelay_overlay_shed_total", StringComparison.Ordinal)
                || series.StartsWith("mediarelay_overlay_resyncs_total", StringComparison.Ordinal))
            {
                Add(figures, $"  {series["mediarelay_".Length..]}", $"{count:N0}");
            }
        }

        if (overlays.DeliveriesPerCpuSecond is { } perCpu)
        {
            Add(
                figures,
                "  cost",
                $"{perCpu:N0} deliveries per server CPU-second, {overlays.AllocatedBytesPerDelivery:F1} B allocated per delivery, "
                + $"{overlays.Gen2Collections:N0} full collections");
        }
    }

    private static void AddTurnstile(Table figures, TurnstileReport turnstile)
    {
        Add(
            figures,
            "visits",
            $"{turnstile.Done:N0} in {turnstile.Seconds:N1} s, {turnstile.VisitsPerSecond:N1} a second by {turnstile.Lanes} at once; "
            + $"turned away {turnstile.TurnedAway:N0} times and come again");
        AddReasons(figures, turnstile.Joins.Failures);
        if (turnstile.Points.All(point => point.RssBytes is not null))
        {
            Add(figures, "server memory, MiB", string.Join("  ", turnstile.Points.Select(point => $"{point.RssBytes / 1048576.0:F1}")));
        }
    }

    private static void AddServer(Table figures, ServerReport server)
    {
        if (server is { CpuCores: { } cores, RssBeforeBytes: { } before, RssAfterBytes: { } after })
        {
            Add(figures, "server", $"{cores:F2} cores, {server.PacketsPerCpuSecond:N0} packets per CPU-second");
            Add(
                figures,
                "server memory",
                $"{before / 1048576.0:F1} → {after / 1048576.0:F1} MiB, {server.BytesPerViewer / 1024:F1} KiB per viewer");
        }

        if (server.AllocatedBytes is { } allocated)
        {
            Add(
                figures,
                "server allocation",
                $"{allocated / 1048576:F2} MiB in the window, {server.AllocatedBytesPerPacket:F2} B per packet; GC paused {server.GcPauseMs:F1} ms");
        }
    }

    private static Table MakeServerTimes(IReadOnlyDictionary<string, ServerTimes> histograms)
    {
        var table = new Table { Title = new TableTitle("The server's own times in ms") };
        table.AddColumns("", "count", "p50", "p95", "p99");
        foreach (var (name, times) in histograms)
        {
            table.AddRow(
                Markup.Escape(name), times.Count.ToString("N0", CultureInfo.InvariantCulture), Text(times.P50Ms), Text(times.P95Ms), Text(times.P99Ms));
        }

        return table;
    }

    private static void AddJoins(Table times, string prefix, JoinReport joins)
    {
        AddTimes(times, $"{prefix}POST → answer", joins.Answered);
        AddTimes(times, $"{prefix}POST → connected", joins.ConnectedAfter);
        AddTimes(times, $"{prefix}POST → first packet", joins.FirstPacket);
        AddTimes(times, $"{prefix}POST → first key frame", joins.FirstKeyFrame);
    }

    private static void AddFailures(Table figures, string name, JoinReport joins)
    {
        Add(figures, name, $"{joins.Connected:N0} of {joins.Attempted:N0} connected, {joins.Failed:N0} failed; begun late by {joins.Late.P99Ms:F1} ms (p99)");
        AddReasons(figures, joins.Failures);
    }

    private static void AddReasons(Table figures, IReadOnlyDictionary<string, int> failures)
    {
        foreach (var (reason, count) in failures)
        {
            Add(figures, "  failed", $"{count:N0} × {reason}");
        }
    }

    private static void AddTimes(Table table, string name, Percentiles times) => table.AddRow(
        name, times.Count.ToString("N0", CultureInfo.InvariantCulture), Text(times.MeanMs), Text(times.P50Ms), Text(times.P95Ms),
        Text(times.P99Ms), Text(times.MaxMs));

    private static void Add(Table table, string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
