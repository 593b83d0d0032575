using MediaRelay.Client.Loops;

namespace MediaRelay.Client.Tests.Loops;

public sealed class DeliberateLossTests
{
    [Fact]
    public void TakesNext_ShareOfAFifth_LosesAboutThatManyAndCountsThem()
    {
        var loss = new DeliberateLoss(0.2, new Random(1));
        var lost = Enumerable.Range(0, 10_000).Count(_ => loss.TakesNext());
        Assert.InRange(lost, 1_800, 2_200);
        Assert.Equal(lost, loss.Count);
    }

    [Fact]
    public void TakesNext_SameSeed_LosesTheSameOnes()
    {
        var (first, second) = (new DeliberateLoss(0.5, new Random(7)), new DeliberateLoss(0.5, new Random(7)));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(first.TakesNext(), second.TakesNext()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    public void TakesNext_NothingOrAll_LosesThat(double share, int expected)
    {
        var loss = new DeliberateLoss(share, new Random(1));
        Assert.Equal(expected, Enumerable.Range(0, 100).Count(_ => loss.TakesNext()));
    }
}
