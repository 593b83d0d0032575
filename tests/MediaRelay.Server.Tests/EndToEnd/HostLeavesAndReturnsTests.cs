using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class HostLeavesAndReturnsTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task Viewer_BeforeBetweenAndAfterItsHost_SeesSlateAndHostOnOneTrack() => stage.PlayAsync(output, async scene =>
    {
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        await viewer.Picture.UntilSeesAsync(Colour.Other, Colour.Other);
        var continuity = await Continuity.ExpectAsync(viewer.Picture);

        var host = await scene.PublishRedAsync();
        await SeesHostAsync(viewer);
        await host.PressToggleAsync();
        await viewer.Picture.UntilSeesAsync(Colour.Other, Colour.Other);
        await viewer.Picture.UntilHearsAsync(false, false);
        await host.PressToggleAsync();
        await SeesHostAsync(viewer);

        var frames = await continuity.CheckAsync();
        var (before, after) = Continuity.LongestPause(frames);
        Figures.Print(output, "longest time without a frame while a host comes, goes and returns", after.At - before.At, "ms");
    });

    [Fact]
    public Task CoHost_OneHostAwayForAMoment_StaysAsItWas() => BeAwayDuringCoHostAsync(TimeSpan.FromSeconds(2));

    /// <summary>Longer than any peer may be silent (RFC 7675: 30 s of consent).</summary>
    [Fact]
    [Trait("Category", "Long")]
    public Task CoHost_OneHostAwayForHalfAMinute_StaysAsItWas() => BeAwayDuringCoHostAsync(TimeSpan.FromSeconds(32));

    private Task BeAwayDuringCoHostAsync(TimeSpan length) => stage.PlayAsync(output, async scene =>
    {
        var hosts = await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomB, "bob"));
        await scene.StartCoHostAsync();
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilHearsAsync(true, true)));
        var continuity = await Task.WhenAll(viewers.Select(viewer => Continuity.ExpectAsync(viewer.Picture)));
        var before = await DescribeAsync(scene);
        var worker = Assert.Single(scene.Server.FindMixerWorkers());

        await hosts[0].PressToggleAsync();
        var left = Stopwatch.GetTimestamp();
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Other, Colour.Blue)));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilHearsAsync(false, true)));
        await Wait.UntilAsync(
            $"the host has been away for {length}", length + Picture.Longest, () => Task.FromResult(Stopwatch.GetElapsedTime(left) >= length));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Other, Colour.Blue)));
        Assert.Equal(before, await DescribeAsync(scene));

        await hosts[0].PressToggleAsync();
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilHearsAsync(true, true)));
        Assert.Equal(before, await DescribeAsync(scene));
        Assert.Equal(worker, Assert.Single(scene.Server.FindMixerWorkers()));
        foreach (var kept in continuity)
        {
            await kept.CheckAsync();
        }
    });

    /// <summary>Shows, co-host session and viewers of both rooms.</summary>
    private static async Task<string> DescribeAsync(Scene scene)
    {
        var rooms = await Task.WhenAll(new[] { scene.RoomA, scene.RoomB }.Select(id => scene.Platform.GetAsync($"/v1/rooms/{id}")));
        return string.Join('\n', rooms.Select(room =>
            $"{room.GetProperty("showId")} {room.GetProperty("cohostId")} {room.GetProperty("viewers")}"));
    }

    private static async Task SeesHostAsync(WatchPage viewer)
    {
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        await viewer.Picture.UntilHearsAsync(true, false);
    }
}
