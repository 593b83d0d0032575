using MediaRelay.Client.Statistics;

namespace MediaRelay.LoadGenerator.Reports;

/// <summary>A distribution of times, in milliseconds.</summary>
internal sealed record Percentiles(long Count, double MeanMs, double P50Ms, double P95Ms, double P99Ms, double MaxMs)
{
    public static Percentiles Of(LatencyHistogram histogram) => new(
        histogram.Count,
        Round(histogram.Mean),
        Round(histogram.Percentile(0.5)),
        Round(histogram.Percentile(0.95)),
        Round(histogram.Percentile(0.99)),
        Round(histogram.Max));

    private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
