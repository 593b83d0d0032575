using MediaRelay.Protocols.Time;
using MediaRelay.Server.CoHosting;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class MixBitRatesTests
{
    private readonly MixBitRates _rates = new(new CoHostOptions { VideoBitRate = 1_500_000, LeastVideoBitRate = 600_000 });
    private Timestamp _now = Timestamp.Zero;

    [Fact]
    public void Update_NobodysWayIsKnown_IsWhatIsConfigured()
    {
        Play(60);
        Assert.Equal((1_500_000, 375_000), (_rates.Whole, _rates.Small));
    }

    [Fact]
    public void Update_ATenthOfTheViewersIsNarrower_TheOthersKeepTheirRate()
    {
        Play(30, [800_000, .. Enumerable.Repeat(4_000_000L, 19)]);
        Assert.Equal(1_500_000, _rates.Whole);
    }

    [Fact]
    public void Update_AFifthIsNarrower_FollowsWhatNineOfTenCarry()
    {
        Play(30, [1_000_000, 1_250_000, 1_250_000, 1_300_000, .. Enumerable.Repeat(4_000_000L, 16)]);
        Assert.Equal(1_000_000, _rates.Whole);
        Play(60, [.. Enumerable.Repeat(4_000_000L, 20)]);
        Assert.Equal(1_500_000, _rates.Whole);
    }

    [Fact]
    public void Update_ViewersWhoCarryNotEvenTheLeast_LowerTheSmallPictureOnly()
    {
        Play(30, [400_000, 400_000, 420_000, 4_000_000, 4_000_000]);
        Assert.Equal((1_500_000, 320_000), (_rates.Whole, _rates.Small));
        Play(30, [50_000, 4_000_000]);
        Assert.Equal((1_500_000, 125_000), (_rates.Whole, _rates.Small));
    }

    [Fact]
    public void Update_LeastAboveTheRate_StaysWithTheRate()
    {
        var rates = new MixBitRates(new CoHostOptions { VideoBitRate = 300_000, LeastVideoBitRate = 600_000 });
        for (var second = 0; second < 30; second++)
        {
            rates.Update(Timestamp.FromMilliseconds(1_000 * second), [100_000]);
        }

        Assert.Equal(300_000, rates.Whole);
    }

    private void Play(int seconds, params long[] estimates)
    {
        for (var second = 0; second < seconds; second++, _now += TimeSpan.FromSeconds(1))
        {
            _rates.Update(_now, [.. estimates]);
        }
    }
}
