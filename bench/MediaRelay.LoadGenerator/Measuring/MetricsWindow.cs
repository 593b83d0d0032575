using MediaRelay.LoadGenerator.Reports;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>What a server's own metrics say of the window.</summary>
/// <param name="AllocatedBytes">Managed bytes, without what reading the metrics allocates; null when the server does not tell.</param>
internal sealed record MetricsWindow(
    double? AllocatedBytes,
    double? GcPauseSeconds,
    double? Gen2Collections,
    IReadOnlyDictionary<string, double> Counters,
    IReadOnlyDictionary<string, ServerTimes> Times)
{
    private const string Allocated = "mediarelay_process_gc_allocated_bytes_total";
    private const string Gen2 = "mediarelay_process_gc_collections_total{generation=\"2\"}";
    private const string GcPause = "mediarelay_process_gc_pause_seconds_total";

    /// <param name="first">Read directly before <paramref name="opened"/>: what lies between is what one reading allocates.</param>
    public static MetricsWindow Of(MetricsSnapshot first, MetricsSnapshot opened, MetricsSnapshot closed) => new(
        closed.Since(opened, Allocated) is { } all ? Math.Max(0, all - opened.Since(first, Allocated).GetValueOrDefault()) : null,
        closed.Since(opened, GcPause),
        closed.Since(opened, Gen2),
        closed.CountersSince(opened),
        closed.HistogramsSince(opened).ToDictionary(entry => entry.Key, entry => ServerTimes.Of(entry.Value), StringComparer.Ordinal));
}
