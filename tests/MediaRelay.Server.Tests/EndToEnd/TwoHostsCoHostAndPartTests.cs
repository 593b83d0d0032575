using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class TwoHostsCoHostAndPartTests(Stage stage, ITestOutputHelper output)
{
    [Fact]
    public Task Viewers_OfTwoRoomsThatCoHostAndPart_SeeBothHostsAndTheirOwnAgain() => stage.PlayAsync(output, async scene =>
    {
        await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomB, "bob"));
        var (a, b) = (viewers[0].Picture, viewers[1].Picture);
        await UntilAloneAsync(a, b);
        var continuity = await Task.WhenAll(Continuity.ExpectAsync(a), Continuity.ExpectAsync(b));

        var asked = await scene.StartCoHostAsync();
        await Task.WhenAll(a.UntilSeesAsync(Colour.Red, Colour.Blue), b.UntilSeesAsync(Colour.Red, Colour.Blue));
        await Task.WhenAll(a.UntilHearsAsync(true, true), b.UntilHearsAsync(true, true));

        var parted = await scene.EndCoHostAsync();
        await UntilAloneAsync(a, b);
        foreach (var (kept, name, own) in new[] { (continuity[0], "A", Colour.Red), (continuity[1], "B", Colour.Blue) })
        {
            var frames = await kept.CheckAsync();
            Assert.DoesNotContain(frames, frame => frame.Above == Colour.Other || frame.Below == Colour.Other);
            var joined = frames.First(frame => frame.At > asked && frame.Shows(Colour.Red, Colour.Blue));
            var alone = frames.First(frame => frame.At > parted && frame.Shows(own, own));
            var (before, after) = Continuity.LongestPause(frames);
            Figures.Print(output, $"solo to co-host, request to first frame with both, viewer of {name}", joined.At - asked, "ms");
            Figures.Print(output, $"co-host to solo, request to first frame of the own host, viewer of {name}", alone.At - parted, "ms");
            Figures.Print(output, $"longest time without a frame, viewer of {name}", after.At - before.At, "ms");
        }
    });

    private static async Task UntilAloneAsync(Picture a, Picture b)
    {
        await Task.WhenAll(a.UntilSeesAsync(Colour.Red, Colour.Red), b.UntilSeesAsync(Colour.Blue, Colour.Blue));
        await Task.WhenAll(a.UntilHearsAsync(true, false), b.UntilHearsAsync(false, true));
    }
}
