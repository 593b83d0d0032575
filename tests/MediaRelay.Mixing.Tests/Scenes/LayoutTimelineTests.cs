using MediaRelay.Mixing.Link;
using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Tests.Scenes;

public sealed class LayoutTimelineTests
{
    private static readonly Layout[] Layouts =
    [
        new() { Kind = LayoutKind.SideBySide },
        new() { Kind = LayoutKind.TopBottom },
        new() { Kind = LayoutKind.PictureInPicture },
    ];

    [Fact]
    public void TryTake_SeveralChangesToldInAnyOrder_GivesEachAtThePictureOfItsTime()
    {
        var timeline = new LayoutTimeline();
        Assert.True(timeline.TryAdd(new LayoutChange(Layouts[2], 9_000)));
        Assert.True(timeline.TryAdd(new LayoutChange(Layouts[0], 3_000)));
        Assert.True(timeline.TryAdd(new LayoutChange(Layouts[1], 6_001)));
        var begins = new List<(long, Layout)>();
        for (var time = 0L; time <= 12_000; time += 3_000)
        {
            if (timeline.TryTake(time, out var layout))
            {
                begins.Add((time, layout));
            }
        }

        Assert.Equal([(3_000, Layouts[0]), (9_000, Layouts[2])], begins);
    }

    [Fact]
    public void TryTake_ChangeAtOnce_BeginsWithTheNextPictureAndLeavesThoseThatWait()
    {
        var timeline = new LayoutTimeline();
        timeline.TryAdd(new LayoutChange(Layouts[1], 50_000));
        timeline.TryAdd(new LayoutChange(Layouts[0], null));
        Assert.True(timeline.TryTake(100, out var now));
        Assert.Equal(Layouts[0], now);
        Assert.False(timeline.TryTake(49_999, out _));
        Assert.True(timeline.TryTake(50_000, out var later));
        Assert.Equal(Layouts[1], later);
    }

    [Fact]
    public void TryTake_TwoForTheSameTime_GivesTheOneToldLast()
    {
        var timeline = new LayoutTimeline();
        timeline.TryAdd(new LayoutChange(Layouts[0], 3_000));
        timeline.TryAdd(new LayoutChange(Layouts[1], 3_000));
        Assert.True(timeline.TryTake(3_000, out var layout));
        Assert.Equal(Layouts[1], layout);
        Assert.False(timeline.TryTake(long.MaxValue, out _));
    }

    [Fact]
    public void TryAdd_MoreThanMayWait_RefusesThemAndStillTakesAChangeAtOnce()
    {
        var timeline = new LayoutTimeline();
        for (var i = 0; i < LayoutTimeline.Capacity; i++)
        {
            Assert.True(timeline.TryAdd(new LayoutChange(Layouts[i % 2], 1_000 + i)));
        }

        Assert.False(timeline.TryAdd(new LayoutChange(Layouts[2], 5)));
        Assert.True(timeline.TryAdd(new LayoutChange(Layouts[2], null)));
        Assert.True(timeline.TryTake(0, out var layout));
        Assert.Equal(Layouts[2], layout);
    }
}
