using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class LossRateControlTests
{
    private const long DelayBased = 2_000_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly LossRateControl _control = new();
    private Timestamp _now;

    [Fact]
    public void Update_WithoutLoss_SetsNoLimit()
    {
        Run(seconds: 5, lostOf20: 0, acknowledged: 1_000_000);

        Assert.Equal(long.MaxValue, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_FivePercent_SetsNoLimit()
    {
        Run(5, 1, 1_000_000);

        Assert.Equal(0.05, _control.Fraction, 0.001);
        Assert.Equal(long.MaxValue, _control.BitsPerSecond);
        Assert.False(_control.IsPersistent);
    }

    [Fact]
    public void Update_TwentyPercent_CutsByTenPercentOncePer400Milliseconds()
    {
        Run(0.3, 4, 100_000);
        Assert.Equal(1_800_000, _control.BitsPerSecond);

        Run(0.4, 4, 100_000);
        Assert.Equal(1_620_000, _control.BitsPerSecond);
        Assert.True(_control.IsHigh);
        Assert.True(_control.IsPersistent);
    }

    [Fact]
    public void Update_TwentyPercentForLong_EndsAtWhatArrives()
    {
        Run(60, 4, 640_000);

        Assert.Equal(640_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_HalfIsLost_FallsToWhatArrivesAtOnce()
    {
        Run(0.3, 10, 500_000);

        Assert.Equal(500_000, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_LossIsOver_RateReturns()
    {
        Run(0.3, 4, 100_000);
        Run(1.2, 0, 100_000);
        Run(1, 0, 100_000);
        Assert.InRange(_control.BitsPerSecond, 1_850_000, 2_150_000);

        Run(15, 0, 100_000);
        Assert.Equal(long.MaxValue, _control.BitsPerSecond);
    }

    [Fact]
    public void Update_FewPackets_MeanNothing()
    {
        for (var i = 0; i < 30; i++)
        {
            _control.OnPacket(isLost: true);
        }

        Assert.False(_control.Update(_now, DelayBased, 0, RoundTrip));
        Assert.Equal((0, long.MaxValue), (_control.Fraction, _control.BitsPerSecond));
    }

    [Fact]
    public void OnRecovered_AllThatWasLost_IsNoLoss()
    {
        for (var i = 0; i < 100; i++)
        {
            _control.OnPacket(isLost: i % 2 == 0);
        }

        for (var i = 0; i < 60; i++)
        {
            _control.OnRecovered();
        }

        _control.Update(_now, DelayBased, 0, RoundTrip);
        Assert.Equal(0, _control.Fraction);
    }

    // 400 packets a second, feedback every 50 ms.
    private void Run(double seconds, int lostOf20, long acknowledged)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now += TimeSpan.FromMilliseconds(50);
            for (var i = 0; i < 20; i++)
            {
                _control.OnPacket(i < lostOf20);
            }

            _control.Update(_now, DelayBased, acknowledged, RoundTrip);
        }
    }
}
