using MediaRelay.LoadGenerator.Interactions;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Tests.Interactions;

public sealed class PaceTests
{
    private static readonly Timestamp Start = new(1_000_000_000);

    [Fact]
    public void Take_SmallSteps_AddUpToTheRate()
    {
        var pace = new Pace(Start);
        var taken = Enumerable.Range(1, 1_000).Sum(i => pace.Take(Start + TimeSpan.FromMilliseconds(7 * i), 33.3));
        Assert.InRange(taken, 232, 233);
    }

    [Fact]
    public void Take_AfterALongPause_MakesUpForASecondAtMost()
    {
        Assert.Equal(50, new Pace(Start).Take(Start + TimeSpan.FromMinutes(5), 50));
    }
}
