using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class AimdRateControlTests
{
    private const int FeedbackMs = 50;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly AimdRateControl _control = new(1_000_000, 50_000, 10_000_000);
    private Timestamp _now;

    [Fact]
    public void Update_NormalUse_RaisesByEightPercentASecond()
    {
        Run(21, BandwidthUsage.Normal, Delivered(900_000));

        Assert.InRange(_control.BitsPerSecond, 1_075_000, 1_085_000);
    }

    [Fact]
    public void Update_LittleIsSent_IsNotRaisedAboveOneAndAHalfTimesThat()
    {
        Run(2_000, BandwidthUsage.Normal, Delivered(800_000));
        Assert.Equal(1_210_000, _control.BitsPerSecond);

        // Nor cut because less is sent.
        Run(200, BandwidthUsage.Normal, Delivered(100_000));
        Assert.Equal(1_210_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_OveruseWithMuchNotArriving_CutsTo85PercentOfWhatArrives()
    {
        Assert.True(Update(BandwidthUsage.Overusing, new DeliveredRates(600_000, 590_000, 1_000_000)));

        Assert.Equal(510_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_OveruseOfPacketsSentBeforeTheCut_IsNotCutTwice()
    {
        var rates = new DeliveredRates(600_000, 590_000, 1_000_000);
        Update(BandwidthUsage.Overusing, rates);
        var sent = _now - TimeSpan.FromMilliseconds(10);

        Assert.False(_control.Update(_now + RoundTrip, BandwidthUsage.Overusing, sent, rates, RoundTrip));

        // But once they show that the path is slower still.
        rates = new DeliveredRates(400_000, 400_000, 1_000_000);
        Assert.True(_control.Update(_now + RoundTrip, BandwidthUsage.Overusing, sent, rates, RoundTrip));
        Assert.Equal(340_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_OveruseThoughAllArrives_CutsTheRateAgainAndAgain()
    {
        Update(BandwidthUsage.Overusing, Delivered(900_000));
        Assert.Equal(850_000, _control.BitsPerSecond);

        Update(BandwidthUsage.Overusing, Delivered(900_000));
        Assert.Equal(722_500, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_Underuse_HoldsTheRate()
    {
        Run(100, BandwidthUsage.Underusing, Delivered(900_000));

        Assert.Equal(1_000_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_NearTheRateOfTheLastOveruse_RaisesByAPacketPerResponseTime()
    {
        Update(BandwidthUsage.Overusing, new DeliveredRates(600_000, 600_000, 1_000_000));
        Run(1, BandwidthUsage.Normal, Delivered(600_000));
        var before = _control.BitsPerSecond;

        Run(20, BandwidthUsage.Normal, Delivered(600_000));

        // 9,600 bits each 100 + 100 ms: 48 kbit/s in a second.
        Assert.InRange(_control.BitsPerSecond - before, 47_000, 49_000);
    }

    [Fact]
    public void RaiseAndSilence_StayWithinTheBounds()
    {
        _control.Raise(500_000);
        Assert.Equal(1_000_000, _control.BitsPerSecond);
        _control.Raise(3_000_000);
        Assert.Equal(3_000_000, _control.BitsPerSecond);
        _control.Raise(long.MaxValue);
        Assert.Equal(10_000_000, _control.BitsPerSecond);

        for (var i = 0; i < 20; i++)
        {
            _control.HandleSilence();
        }

        Assert.Equal(50_000, _control.BitsPerSecond);
    }

    private static DeliveredRates Delivered(long bitsPerSecond) => new(bitsPerSecond, bitsPerSecond, bitsPerSecond);

    private void Run(int updates, BandwidthUsage usage, DeliveredRates rates)
    {
        for (var i = 0; i < updates; i++)
        {
            Update(usage, rates);
        }
    }

    private bool Update(BandwidthUsage usage, in DeliveredRates rates)
    {
        _now += TimeSpan.FromMilliseconds(FeedbackMs);
        return _control.Update(_now, usage, _now, rates, RoundTrip);
    }
}
