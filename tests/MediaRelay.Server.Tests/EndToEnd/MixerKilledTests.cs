using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class MixerKilledTests(Stage stage, ITestOutputHelper output)
{
    /// <summary>In ms.</summary>
    private const double LongestOutage = 3000;

    [Fact]
    public Task Worker_KilledDuringACoHost_IsReplacedAndViewersSeeTheirOwnHostMeanwhile() => stage.PlayAsync(output, async scene =>
    {
        await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomB, "bob"));
        await scene.StartCoHostAsync();
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));
        var continuity = await Task.WhenAll(viewers.Select(viewer => Continuity.ExpectAsync(viewer.Picture)));

        var worker = Assert.Single(scene.Server.FindMixerWorkers());
        using (var process = Process.GetProcessById(worker))
        {
            process.Kill();
        }

        var killed = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        await Task.WhenAll(
            viewers[0].Picture.UntilSeesAsync(Colour.Red, Colour.Red), viewers[1].Picture.UntilSeesAsync(Colour.Blue, Colour.Blue));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilHearsAsync(true, true)));
        Assert.NotEqual(worker, Assert.Single(scene.Server.FindMixerWorkers()));
        foreach (var (kept, name, own) in new[] { (continuity[0], "A", Colour.Red), (continuity[1], "B", Colour.Blue) })
        {
            var frames = await kept.CheckAsync();
            Assert.DoesNotContain(frames, frame => frame.Above == Colour.Other || frame.Below == Colour.Other);
            var alone = frames.First(frame => frame.At > killed && frame.Shows(own, own));
            var joined = frames.First(frame => frame.At > alone.At && frame.Shows(Colour.Red, Colour.Blue));
            var (before, after) = Continuity.LongestPause(frames);
            Figures.Print(output, $"mixer killed to own host, viewer of {name}", alone.At - killed, "ms");
            Figures.Print(output, $"mixer killed to mix again, viewer of {name}", joined.At - killed, "ms");
            Figures.Print(output, $"longest time without a frame around the kill, viewer of {name}", after.At - before.At, "ms");
            Assert.True(joined.At - killed <= LongestOutage, $"The mix came back after {joined.At - killed:F0} ms.");
        }
    });
}
