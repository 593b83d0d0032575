using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class LayerChooserTests
{
    private const long Audio = 40_000;
    private static readonly long[] Rates = [150_000, 500_000, 1_500_000];

    private readonly LayerChooser _chooser = new();
    private Timestamp _now;

    [Fact]
    public void Choose_NextLayerFitsWithMargin_RisesAfterHalfASecond()
    {
        Assert.Equal(0, Run(0.4, 700_000));
        Assert.Equal(1, Run(0.2, 700_000));
    }

    [Fact]
    public void Choose_EstimateJumps_RisesToTheHighestThatFits() => Assert.Equal(2, Run(0.6, 2_000_000));

    [Fact]
    public void Choose_MarginMissing_StaysForEver() => Assert.Equal(0, Run(60, 600_000));

    [Fact]
    public void Choose_LayerNoLongerFits_FallsAtOnce()
    {
        Run(1, 2_000_000);

        Assert.Equal(1, Choose(1_000_000));
        Assert.False(_chooser.IsUrgent);
    }

    [Fact]
    public void Choose_EstimateCollapses_IsUrgent()
    {
        Run(1, 2_000_000);

        Assert.Equal(0, Choose(340_000));
        Assert.True(_chooser.IsUrgent);
        Choose(340_000);
        Assert.False(_chooser.IsUrgent);
    }

    [Fact]
    public void Choose_EstimateFallsInSteps_IsUrgentByWhatIsStillForwarded()
    {
        Run(1, 2_000_000);

        Assert.Equal(1, Choose(1_000_000, forwarded: 2));
        Assert.False(_chooser.IsUrgent);
        Assert.Equal(0, Choose(400_000, forwarded: 2));
        Assert.True(_chooser.IsUrgent);
        Choose(400_000, forwarded: 2);
        Assert.True(_chooser.IsUrgent);
        Choose(400_000, forwarded: 0);
        Assert.False(_chooser.IsUrgent);
    }

    [Fact]
    public void Choose_LittleTooLow_IsToleratedForTwoSeconds()
    {
        Run(1, 2_000_000);

        Assert.Equal(2, Run(1.9, 1_450_000));
        Assert.Equal(2, Run(0.1, 1_600_000));
        Assert.Equal(2, Run(1.9, 1_450_000));
        Assert.Equal(1, Run(0.3, 1_450_000));
    }

    [Fact]
    public void Choose_RiseFailsAgainAndAgain_WaitsLongerEachTime()
    {
        var lastWait = 0.0;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var start = _now;
            while (Choose(1_000_000) == 0)
            {
                Assert.True(_now - start < TimeSpan.FromSeconds(20));
            }

            var wait = (_now - start).TotalSeconds;
            Assert.True(wait > lastWait * 1.5, $"Waited {wait} s after {lastWait} s.");
            lastWait = wait;
            Run(1, 1_000_000);
            Assert.Equal(0, Choose(300_000));
        }

        // A minute of peace, and it is as before.
        Run(61, 300_000);
        Assert.Equal(1, Run(0.7, 1_000_000));
    }

    [Fact]
    public void Choose_LayerGone_TakesAnotherAtOnce()
    {
        Run(1, 2_000_000);

        Assert.Equal(1, Choose(2_000_000, [150_000, 500_000, 0]));
        Assert.Equal(2, Choose(2_000_000, [0, 0, 1_500_000]));
        Assert.Equal(2, Choose(100_000, [0, 0, 1_500_000]));
        Assert.Equal(2, Choose(100_000, [0, 0, 0]));
        Assert.Equal(0, Choose(100_000, [150_000]));
    }

    [Fact]
    public void WantedBitsPerSecond_IsWhatTheHighestLayerNeeds()
    {
        Choose(300_000);
        Assert.Equal((1_500_000 * 1.25) + Audio, _chooser.WantedBitsPerSecond);

        Choose(300_000, [150_000, 500_000, 0]);
        Assert.Equal((500_000 * 1.25) + Audio, _chooser.WantedBitsPerSecond);

        Run(1, 3_000_000);
        Assert.Equal(0, _chooser.WantedBitsPerSecond);
    }

    private int Run(double seconds, long estimate)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            Choose(estimate);
        }

        return _chooser.Layer;
    }

    private int Choose(long estimate, long[]? rates = null, int? forwarded = null)
    {
        _now += TimeSpan.FromMilliseconds(50);
        return _chooser.Choose(_now, estimate, Audio, rates ?? Rates, forwarded);
    }
}
