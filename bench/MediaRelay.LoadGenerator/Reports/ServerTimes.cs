using MediaRelay.LoadGenerator.Measuring;

namespace MediaRelay.LoadGenerator.Reports;

/// <summary>A histogram of the server, in milliseconds; within a bucket samples are taken as evenly spread.</summary>
internal sealed record ServerTimes(long Count, double P50Ms, double P95Ms, double P99Ms)
{
    public static ServerTimes Of(BucketHistogram histogram) =>
        new(histogram.Count, Ms(histogram, 0.5), Ms(histogram, 0.95), Ms(histogram, 0.99));

    private static double Ms(BucketHistogram histogram, double fraction) => Math.Round(histogram.Quantile(fraction) * 1_000, 3);
}
