using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.HandOffs;

namespace MediaRelay.Server.Tests.Api.HandOffs;

public sealed class HandOffQueueTests
{
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly RoomId Here = RoomId.Parse("here");
    private static readonly RoomId There = RoomId.Parse("there");

    [Fact]
    public void TryTake_ManyWait_SoManyASecondInOrder()
    {
        var queue = new HandOffQueue<int>(500, Step);
        Assert.All(Enumerable.Range(0, 2000), i => Assert.True(queue.TryAdd(i, Here, Start)));
        var taken = new List<int>();
        var most = 0;
        for (var now = Start; now < Start.AddSeconds(2); now += Step)
        {
            var before = taken.Count;
            while (queue.TryTake(now, out var next))
            {
                taken.Add(next.Viewer);
            }

            most = Math.Max(most, taken.Count - before);
        }

        Assert.Equal(Enumerable.Range(0, taken.Count), taken);
        Assert.InRange(taken.Count, 990, 1010);
        Assert.InRange(most, 1, 11);
        Assert.Equal((2000 - taken.Count, 2000 - taken.Count), (queue.Count, queue.CountTo(Here)));
    }

    [Fact]
    public void TryTake_SwitchedOff_AllAtOnce()
    {
        var queue = new HandOffQueue<int>(0, Step);
        Assert.All(Enumerable.Range(0, 2000), i => Assert.True(queue.TryAdd(i, Here, Start)));
        Assert.All(Enumerable.Range(0, 2000), _ => Assert.True(queue.TryTake(Start, out var _)));
        Assert.Equal((0, 0), (queue.Count, queue.CountTo(Here)));
    }

    [Fact]
    public void TryAdd_OnItsWayAlready_StaysWhereItWas()
    {
        var queue = new HandOffQueue<string>(0, Step);
        Assert.True(queue.TryAdd("ann", Here, Start));
        Assert.False(queue.TryAdd("ann", There, Start));
        Assert.True(queue.TryAdd("bob", There, Start.AddSeconds(1)));
        Assert.True(queue.Contains("ann"));
        Assert.Equal((1, 1), (queue.CountTo(Here), queue.CountTo(There)));
        Assert.True(queue.TryTake(Start, out var first));
        Assert.Equal(("ann", Here, Start), first);
        Assert.False(queue.Contains("ann"));
        Assert.True(queue.TryAdd("ann", There, Start));
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(0.3, 10, 3)]
    [InlineData(0.25, 10, 3)]
    [InlineData(0.04, 10, 0)]
    [InlineData(1, 10, 10)]
    [InlineData(1, 0, 0)]
    public void Draw_Share_IsRounded(double share, int viewers, int expected)
    {
        var drawn = HandOffChoice.Draw([.. Enumerable.Range(0, viewers)], share, new Random(1));
        Assert.Equal(expected, drawn.Count);
        Assert.Equal(expected, drawn.Distinct().Count());
        Assert.All(drawn, viewer => Assert.InRange(viewer, 0, viewers - 1));
    }

    [Fact]
    public void Draw_OftenEnough_MeansEverybodyAlike()
    {
        var random = new Random(20200616);
        var times = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            foreach (var viewer in HandOffChoice.Draw([.. Enumerable.Range(0, 10)], 0.3, random))
            {
                times[viewer]++;
            }
        }

        Assert.All(times, count => Assert.InRange(count, 2_800, 3_200));
    }
}
