using System.Globalization;
using Spectre.Console;

namespace MediaRelay.LoadGenerator;

/// <summary>The report for a person.</summary>
internal static class ReportTable
{
    public static void Write(IAnsiConsole console, LoadReport report)
    {
        var times = new Table { Title = new TableTitle("Times in ms") };
        times.AddColumns("", "count", "mean", "p50", "p95", "p99", "max");
        AddTimes(times, "POST → answer", report.Joins.Answered);
        AddTimes(times, "POST → connected", report.Joins.ConnectedAfter);
        AddTimes(times, "POST → first packet", report.Joins.FirstPacket);
        AddTimes(times, "POST → first key frame", report.Joins.FirstKeyFrame);
        AddTimes(times, "picture made → complete", report.Media.Latency);
        console.Write(times);

        var figures = new Table { ShowHeaders = false };
        figures.AddColumns("", "");
        Add(figures, "joins", $"{report.Joins.Connected} of {report.Joins.Attempted} connected, {report.Joins.Failed} failed");
        foreach (var (reason, count) in report.Joins.Failures)
        {
            Add(figures, "  failed", $"{count} × {reason}");
        }

        var media = report.Media;
        Add(figures, "packets", $"{media.PacketsPerSecond:N0}/s, {media.MegabitsPerSecond:N1} Mbit/s to {media.Viewers} viewers");
        Add(figures, "loss", $"{media.Loss:P4} ({media.Missing} missing, {media.Repaired} repaired)");
        Add(
            figures,
            "pictures",
            $"{media.PicturesPerViewerAndSecond:F2} per viewer and second, {media.BrokenPictures} broken");
        if (report.Overlays.Opened > 0)
        {
            Add(figures, "overlays", $"{report.Overlays.Messages:N0} messages on {report.Overlays.Opened} channels");
        }

        if (report.Server is { } server)
        {
            Add(figures, "server", $"{server.CpuCores:F2} cores, {server.PacketsPerCpuSecond:N0} packets per CPU-second");
            Add(
                figures,
                "server memory",
                $"{server.RssBeforeBytes / 1048576.0:F1} → {server.RssAfterBytes / 1048576.0:F1} MiB, {server.BytesPerViewer / 1024:F1} KiB per viewer");
        }

        var generator = report.Generator;
        Add(
            figures,
            "this program",
            $"{generator.CpuCores:F2} cores, {generator.QueueDrops} datagrams lost in own queues, {generator.SendErrors} send errors, "
            + $"{generator.SkippedPictures} pictures skipped; decrypts {generator.Inspection}, turns every {generator.TurnMs} ms or more");
        console.Write(figures);
        if (generator.QueueDrops > 0 || generator.SkippedPictures > 0)
        {
            console.MarkupLine("[yellow]This program itself was too slow: losses and latencies are not the server's alone.[/]");
        }
    }

    private static void AddTimes(Table table, string name, Percentiles times) => table.AddRow(
        name, times.Count.ToString("N0", CultureInfo.InvariantCulture), Text(times.MeanMs), Text(times.P50Ms), Text(times.P95Ms),
        Text(times.P99Ms), Text(times.MaxMs));

    private static void Add(Table table, string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
