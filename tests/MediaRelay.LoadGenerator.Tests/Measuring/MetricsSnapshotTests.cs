using MediaRelay.LoadGenerator.Measuring;

namespace MediaRelay.LoadGenerator.Tests.Measuring;

public sealed class MetricsSnapshotTests
{
    private const string Before = """
        # HELP mediarelay_packets_sent_total RTP packets.
        # TYPE mediarelay_packets_sent_total counter
        mediarelay_packets_sent_total 100
        mediarelay_dropped_total{reason="queue full"} 3
        mediarelay_process_gc_allocated_bytes_total 1000
        mediarelay_join_seconds_bucket{step="dtls",le="0.01"} 5
        mediarelay_join_seconds_bucket{step="dtls",le="0.1"} 5
        mediarelay_join_seconds_bucket{step="dtls",le="+Inf"} 5

        """;

    private const string After = """
        mediarelay_packets_sent_total 350
        mediarelay_dropped_total{reason="queue full"} 3
        mediarelay_sessions 7
        mediarelay_process_gc_allocated_bytes_total 5.5e3
        mediarelay_join_seconds_bucket{step="dtls",le="0.01"} 55
        mediarelay_join_seconds_bucket{step="dtls",le="0.1"} 95
        mediarelay_join_seconds_bucket{step="dtls",le="+Inf"} 105
        mediarelay_idle_seconds_bucket{le="+Inf"} 0
        not a line of it

        """;

    [Fact]
    public void CountersSince_TwoSnapshots_GivesWhatGrew()
    {
        var grown = MetricsSnapshot.Parse(After).CountersSince(MetricsSnapshot.Parse(Before));
        Assert.Equal(
            [("mediarelay_packets_sent_total", 250), ("mediarelay_process_gc_allocated_bytes_total", 4_500)],
            grown.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public void HistogramsSince_TwoSnapshots_GivesTheSamplesBetween()
    {
        var times = MetricsSnapshot.Parse(After).HistogramsSince(MetricsSnapshot.Parse(Before));
        var (series, histogram) = Assert.Single(times);
        Assert.Equal("mediarelay_join_seconds{step=\"dtls\"}", series);
        Assert.Equal(100, histogram.Count);
        Assert.Equal(0.005, histogram.Quantile(0.25), tolerance: 1e-9);
        Assert.Equal(0.01, histogram.Quantile(0.5), tolerance: 1e-9);
        Assert.Equal(0.055, histogram.Quantile(0.7), tolerance: 1e-9);

        // Above the last bound nothing more is known.
        Assert.Equal(0.1, histogram.Quantile(0.99), tolerance: 1e-9);
    }

    [Fact]
    public void MetricsWindow_OfThreeReadings_LeavesOutWhatReadingAllocates()
    {
        var window = MetricsWindow.Of(Allocated(1_000), Allocated(1_400), Allocated(9_400));
        Assert.Equal(7_600, window.AllocatedBytes);
        Assert.Null(window.GcPauseSeconds);

        static MetricsSnapshot Allocated(int bytes) => MetricsSnapshot.Parse($"mediarelay_process_gc_allocated_bytes_total {bytes}\n");
    }

    [Fact]
    public void Quantile_WithoutSamples_IsZero()
    {
        Assert.Equal(0, new BucketHistogram().Quantile(0.5));
    }
}
