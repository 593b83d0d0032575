using MediaRelay.LoadGenerator.Rooms;

namespace MediaRelay.LoadGenerator.Tests.Rooms;

public sealed class RoomSizesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(800, 1)]
    [InlineData(800, 50)]
    [InlineData(51, 50)]
    [InlineData(150_000, 101)]
    public void Of_Pareto_AddsUpWithTheLargestFirstAndOneEach(int viewers, int rooms)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var sizes = RoomSizes.Of(RoomSizeKind.Pareto, viewers, rooms, new Random(seed));
            Assert.Equal(rooms, sizes.Length);
            Assert.Equal(viewers, sizes.Sum());
            Assert.True(sizes.Min() >= 1, $"seed {seed}: {string.Join(' ', sizes)}");
            Assert.Equal(sizes.OrderDescending(), sizes);
        }
    }

    [Fact]
    public void Of_FewerViewersThanRooms_FillsTheFirstOnes()
    {
        Assert.Equal([1, 1, 1, 0, 0], RoomSizes.Of(RoomSizeKind.Pareto, 3, 5, new Random(1)));
    }

    [Fact]
    public void Of_Uniform_DiffersByOneViewer()
    {
        Assert.Equal([4, 3, 3], RoomSizes.Of(RoomSizeKind.Uniform, 10, 3, new Random(1)));
    }

    [Fact]
    public void Of_SameSeed_IsTheSame()
    {
        Assert.Equal(
            RoomSizes.Of(RoomSizeKind.Pareto, 5_000, 100, new Random(616)), RoomSizes.Of(RoomSizeKind.Pareto, 5_000, 100, new Random(616)));
    }

    [Fact]
    public void DrawPareto_ManyDraws_FollowTheExponent()
    {
        // P(X > x) = x^−α: the maximum-likelihood estimate of α is the reciprocal of the mean logarithm.
        var random = new Random(7);
        var draws = Enumerable.Range(0, 100_000).Select(_ => RoomSizes.DrawPareto(random)).ToList();
        Assert.All(draws, draw => Assert.True(draw >= 1));
        Assert.Equal(RoomSizes.Alpha, 1 / draws.Average(Math.Log), tolerance: 0.02);

        // What the exponent was made from: a few have most.
        Assert.Equal(Math.Pow(10, -RoomSizes.Alpha), draws.Count(draw => draw > 10) / 100_000.0, tolerance: 0.005);
    }

    [Fact]
    public void RoomOf_AllViewersOfThePlan_FillTheRoomsAsPlanned()
    {
        var plan = new RoomPlan(LoadOptionsOf.Arguments("--rooms", "7", "--viewers", "200", "--sizes", "pareto"));
        var seats = Enumerable.Range(0, 200).Select(plan.RoomOf).ToList();
        Assert.Equal(plan.Sizes, Enumerable.Range(0, 7).Select(room => seats.Count(seat => seat == room)));
        Assert.Equal(plan.RoomOf(0), plan.RoomOf(200));
    }
}
