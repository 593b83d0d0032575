using MediaRelay.Client.Statistics;

namespace MediaRelay.Client.Tests.Statistics;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentile_ManySamples_IsTrueToThreePercent()
    {
        var histogram = new LatencyHistogram();
        var random = new Random(1);
        var samples = new List<double>();
        for (var i = 0; i < 20_000; i++)
        {
            var microseconds = Math.Pow(10, 1 + (random.NextDouble() * 6));
            samples.Add((long)microseconds);
            histogram.Record(TimeSpan.FromMicroseconds((long)microseconds));
        }

        samples.Sort();
        foreach (var fraction in new[] { 0.01, 0.5, 0.95, 0.99, 1.0 })
        {
            var exact = samples[Math.Max(0, (int)Math.Ceiling(fraction * samples.Count) - 1)];
            Assert.InRange(histogram.Percentile(fraction).TotalMicroseconds, exact, (exact * 1.032) + 1);
        }

        Assert.Equal(samples[^1], histogram.Max.TotalMicroseconds);
        Assert.Equal(20_000, histogram.Count);
        Assert.Equal(samples.Average(), histogram.Mean.TotalMicroseconds, tolerance: 1);
    }

    [Fact]
    public void Percentile_NoSamples_IsZero()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.Equal(TimeSpan.Zero, histogram.Mean);
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromHours(1), histogram.Max);
        histogram.Clear();
        Assert.Equal(0, histogram.Count);
    }
}
