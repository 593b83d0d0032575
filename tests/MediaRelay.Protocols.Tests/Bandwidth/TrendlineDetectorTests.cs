using MediaRelay.Protocols.Bandwidth;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class TrendlineDetectorTests
{
    private const double IntervalMs = 20;

    private readonly TrendlineDetector _detector = new();
    private double _sent;
    private double _delay;

    [Fact]
    public void Update_SteadyDelay_IsNormal()
    {
        Assert.All(Run(500, _ => 30), usage => Assert.Equal(BandwidthUsage.Normal, usage));
    }

    [Fact]
    public void Update_QueueGrows_IsOverusingAndTellsTheTrend()
    {
        Run(100, _ => 0);

        // 10 % more than fits: the delay grows by 2 ms each 20 ms that are sent.
        var usages = Run(40, i => i * 2);

        Assert.Contains(BandwidthUsage.Overusing, usages);
        Assert.Equal(2 / 22.0, _detector.Trend, 0.01);
    }

    [Fact]
    public void Update_QueueDrains_IsUnderusing()
    {
        Run(100, i => i);

        Assert.Equal(BandwidthUsage.Underusing, Run(30, i => 100 - (3 * i))[^1]);
    }

    [Fact]
    public void Update_KeyFrameFillsTheQueueOnce_IsNoOveruse()
    {
        Run(200, _ => 0);

        // 120 ms at once, which drain within 120 ms.
        var usages = Run(60, i => Math.Max(0, 120 - (i * IntervalMs)));

        Assert.DoesNotContain(BandwidthUsage.Overusing, usages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Update_Jitter_ThresholdFollows(int seed)
    {
        var random = new Random(seed);
        Run(3_000, _ => random.NextDouble() * 20);
        var usages = Run(3_000, _ => random.NextDouble() * 20);

        Assert.True(usages.Count(usage => usage == BandwidthUsage.Overusing) < 10);
        Assert.InRange(_detector.Threshold, 6, 600);
    }

    [Fact]
    public void Reset_AfterOveruse_ForgetsTheSamples()
    {
        Run(100, i => i * 5);
        _detector.Reset();

        Assert.Equal((BandwidthUsage.Normal, 0), (_detector.Usage, _detector.Trend));
        Assert.All(Run(50, _ => 500), usage => Assert.Equal(BandwidthUsage.Normal, usage));
    }

    // Delay in milliseconds of each of count groups, sent every 20 ms.
    private List<BandwidthUsage> Run(int count, Func<int, double> delay)
    {
        var usages = new List<BandwidthUsage>();
        for (var i = 0; i < count; i++)
        {
            var next = delay(i);
            _sent += IntervalMs;
            var delta = new GroupDelta(IntervalMs, IntervalMs + next - _delay, (long)((_sent + next) * 1_000));
            _delay = next;
            usages.Add(_detector.Update(delta));
        }

        return usages;
    }
}
