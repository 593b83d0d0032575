using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class ReportLayerChooserTests
{
    private const byte TwelvePercent = 31;
    private const byte FivePercent = 13;
    private static readonly long[] Rates = [150_000, 500_000, 1_500_000];

    private readonly ReportLayerChooser _chooser = new(initialLayer: 1);
    private Timestamp _now;

    [Fact]
    public void OnReport_MuchLossOnce_Stays()
    {
        Report(TwelvePercent);
        Report(0);
        Assert.Equal(1, Report(TwelvePercent));
    }

    [Fact]
    public void OnReport_MuchLossTwice_Falls()
    {
        Assert.Equal(1, Report(TwelvePercent));
        Assert.Equal(0, Report(TwelvePercent));
        Assert.Equal(0, Report(TwelvePercent));
        Assert.Equal(0, Report(TwelvePercent));
    }

    [Fact]
    public void OnReport_RoundTripOfAQueue_Falls()
    {
        Report(0, 50);
        Report(0, 350);
        Assert.Equal(0, Report(0, 350));
    }

    [Fact]
    public void OnReport_QuietForFiveSeconds_TriesTheNext()
    {
        Assert.Equal(1, Run(5, 0));
        Assert.Equal(2, Run(1, 0));
        Assert.Equal(2, Run(60, 0));
    }

    [Fact]
    public void OnReport_SomeLoss_NeitherFallsNorTries() => Assert.Equal(1, Run(60, FivePercent));

    [Fact]
    public void OnReport_TrialsFail_PausesDoubleUntilOneHolds()
    {
        int[] pauses = [5, 10, 20, 40, 60, 60];
        Report(0);
        foreach (var pause in pauses)
        {
            Assert.Equal(1, Run(pause - 1, 0));
            Assert.Equal(2, Run(1, 0));
            Report(TwelvePercent);
            Assert.Equal(1, Report(TwelvePercent));
        }

        Assert.Equal(2, Run(60, 0));
        Run(20, 0);
        Report(TwelvePercent);
        Report(TwelvePercent);
        Assert.Equal(2, Run(60, 0));
        Run(20, 0);
        Report(TwelvePercent);
        Report(TwelvePercent);
        Assert.Equal(2, Run(5, 0));
    }

    [Fact]
    public void MoveToPresent_LayerGone_TakesTheNextLower()
    {
        Assert.Equal(0, _chooser.MoveToPresent([150_000, 0, 1_500_000]));
        Assert.Equal(2, _chooser.MoveToPresent([0, 0, 1_500_000]));
        Assert.Equal(2, _chooser.MoveToPresent([0, 0, 0]));
        Assert.Equal(0, _chooser.MoveToPresent([150_000]));
    }

    private int Run(int reports, byte fractionLost)
    {
        for (var i = 0; i < reports; i++)
        {
            Report(fractionLost);
        }

        return _chooser.Layer;
    }

    // A report each second.
    private int Report(byte fractionLost, int roundTripMs = 50)
    {
        _now += TimeSpan.FromSeconds(1);
        return _chooser.OnReport(_now, fractionLost, TimeSpan.FromMilliseconds(roundTripMs), Rates);
    }
}
