using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Sync;

public sealed class PlayoutDelayTests
{
    [Fact]
    public void Update_WhileStarting_TakesWhatIsNeededAtOnce()
    {
        var delay = new PlayoutDelay();
        delay.Update(Timestamp.FromMilliseconds(0), null);
        delay.Update(Timestamp.FromMilliseconds(33), TimeSpan.FromMilliseconds(120));
        Assert.Equal(120, delay.Current.TotalMilliseconds);
    }

    [Fact]
    public void Update_Later_GrowsAndShrinksSlowlyEnoughForSoundToFollow()
    {
        var delay = new PlayoutDelay();
        Run(delay, 0, 2_000, needMs: 70);
        Assert.Equal(70, delay.Current.TotalMilliseconds, 0.5);
        Run(delay, 2_000, 3_000, needMs: 150);
        Assert.Equal(90, delay.Current.TotalMilliseconds, 1.5);
        Run(delay, 3_000, 10_000, needMs: 150);
        Assert.Equal(150, delay.Current.TotalMilliseconds, 0.5);
        Run(delay, 10_000, 12_000, needMs: 60);
        Assert.Equal(110, delay.Current.TotalMilliseconds, 1.5);
    }

    [Theory]
    [InlineData(1, 48)]
    [InlineData(5_000, 200)]
    public void Update_BeyondTheBounds_StaysWithinThem(int needMs, int expectedMs)
    {
        var delay = new PlayoutDelay();
        Run(delay, 0, 2_000, needMs);
        Assert.Equal(expectedMs, delay.Current.TotalMilliseconds, 3.0);
    }

    [Fact]
    public void SourceDelay_NeedsMoreThanTheOthers_LagsAtOnceAndComesBackSlowly()
    {
        var delay = new SourceDelay();
        var common = TimeSpan.FromMilliseconds(60);
        delay.Update(Timestamp.FromMilliseconds(0), null, common);
        Assert.Equal(60, delay.Current.TotalMilliseconds);
        delay.Update(Timestamp.FromMilliseconds(20), TimeSpan.FromMilliseconds(300), common);
        Assert.Equal(300, delay.Current.TotalMilliseconds);
        delay.Update(Timestamp.FromMilliseconds(2_020), TimeSpan.FromMilliseconds(50), common);
        Assert.Equal(260, delay.Current.TotalMilliseconds, 0.1);
        delay.Update(Timestamp.FromMilliseconds(2_040), TimeSpan.FromSeconds(30), common);
        Assert.Equal(500, delay.Current.TotalMilliseconds);
    }

    private static void Run(PlayoutDelay delay, int fromMs, int toMs, int needMs)
    {
        for (var now = fromMs; now <= toMs; now += 20)
        {
            delay.Update(Timestamp.FromMilliseconds(now), TimeSpan.FromMilliseconds(needMs));
        }
    }
}
