using MediaRelay.Mixing.Link;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.CoHosting;

namespace MediaRelay.Server.Tests.Api.CoHosting;

public sealed class SlowMixGuardTests
{
    private Timestamp _now = Timestamp.Zero;
    private MixerStats _stats = new() { Encoders = 1 };

    [Fact]
    public void Add_ThreeSlowSeconds_HalvesAndGivesBackAfterCalm()
    {
        var guard = new SlowMixGuard(SlowMixPolicy.Halve);
        Assert.Equal([], Play(guard, seconds: 10, late: 0));
        Assert.Equal([(3, SlowMixStep.Halve)], Play(guard, seconds: 3, late: 8));
        Assert.True(guard.IsHalved);
        Assert.Equal([(21, SlowMixStep.Restore)], Play(guard, seconds: 25, late: 0));
        Assert.False(guard.IsHalved);
    }

    [Fact]
    public void Add_SlowAgainSoonAfterTheRateCameBack_WaitsTwiceAsLong()
    {
        var guard = new SlowMixGuard(SlowMixPolicy.Halve);
        Play(guard, seconds: 10, late: 0);
        Play(guard, seconds: 3, late: 8);
        Play(guard, seconds: 21, late: 0);
        Assert.Equal([(3, SlowMixStep.Halve)], Play(guard, seconds: 3, late: 8));
        Assert.Equal([(41, SlowMixStep.Restore)], Play(guard, seconds: 60, late: 0));
    }

    [Fact]
    public void Add_SlowWhenHalvedAlready_IsToldOnce()
    {
        var guard = new SlowMixGuard(SlowMixPolicy.Halve);
        Play(guard, seconds: 10, late: 0);
        Assert.Equal([(3, SlowMixStep.Halve), (6, SlowMixStep.Announce)], Play(guard, seconds: 20, late: 8));
    }

    [Theory]
    [InlineData("keep", SlowMixStep.Announce)]
    [InlineData("halve", SlowMixStep.Halve)]
    [InlineData("end", SlowMixStep.End)]
    public void Add_ThreeSlowSeconds_TakesTheConfiguredStep(string setting, object step)
    {
        Assert.True(SlowMixPolicies.TryParse(setting, out var policy));
        var guard = new SlowMixGuard(policy);
        Play(guard, seconds: 10, late: 0);
        Assert.Equal([(3, (SlowMixStep)step)], Play(guard, seconds: 3, late: 8));
    }

    [Fact]
    public void Add_OneSlowSecondNowAndThen_ChangesNothing()
    {
        var guard = new SlowMixGuard(SlowMixPolicy.Halve);
        Play(guard, seconds: 10, late: 0);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal([], Play(guard, seconds: 2, late: 20));
            Assert.Equal([], Play(guard, seconds: 1, late: 0));
        }
    }

    [Fact]
    public void Add_SkippedByOneOfTwoEncoders_CountsHalf()
    {
        _stats = _stats with { Encoders = 2 };
        var guard = new SlowMixGuard(SlowMixPolicy.Halve);
        Play(guard, seconds: 10, late: 0);
        Assert.Equal([], Play(guard, seconds: 5, late: 0, skipped: 11));
        Assert.Equal([(3, SlowMixStep.Halve)], Play(guard, seconds: 3, late: 0, skipped: 14));
    }

    [Fact]
    public void Add_SlowInItsFirstSeconds_IsGrace()
    {
        var guard = new SlowMixGuard(SlowMixPolicy.End);
        Assert.Equal([], Play(guard, seconds: 5, late: 25));
        Assert.Equal([], Play(guard, seconds: 10, late: 0));
    }

    /// <summary>Reports of so many seconds, of 30 ticks each; gives what was to be done, and in which second.</summary>
    private List<(int Second, SlowMixStep Step)> Play(SlowMixGuard guard, int seconds, int late, int skipped = 0)
    {
        var steps = new List<(int, SlowMixStep)>();
        for (var second = 1; second <= seconds; second++)
        {
            _now += TimeSpan.FromSeconds(1);
            _stats = _stats with
            {
                Ticks = _stats.Ticks + 30,
                FramesLate = _stats.FramesLate + late,
                FramesSkippedByEncoder = _stats.FramesSkippedByEncoder + skipped,
            };
            if (guard.Add(_now, _stats) is var step and not SlowMixStep.None)
            {
                steps.Add((second, step));
            }
        }

        return steps;
    }
}
