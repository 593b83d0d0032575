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

    private static async Task SeesHostAsync(WatchPage viewer)
    {
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        await viewer.Picture.UntilHearsAsync(true, false);
    }
}
