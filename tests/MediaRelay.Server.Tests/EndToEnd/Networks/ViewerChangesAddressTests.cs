using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>A viewer's network changes in mid-stream; the session, its tracks and its connection stay.</summary>
[Collection(LinkCollection.Name)]
public sealed class ViewerChangesAddressTests(LinkStage stage, ITestOutputHelper output)
{
    // Chromium checks a good pair every 2.5 s, and only a check may move a peer (RFC 8445 §7.3.1.3); then the picture is there at once.
    private const double LongestSilenceMs = 2500 + 2000;

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    [Fact]
    public Task Viewer_OfANatThatForgets_WatchesOnWithoutARestart() => stage.PlayAsync(output, async scene =>
    {
        stage.SetConditions(loss: 0, RoundTrip);
        await scene.PublishBusyAsync(360, 640, SendEncoding.Single);
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        var before = await viewer.Picture.ReadAsync();

        stage.Link.Rebind();
        var pause = await LongestPauseAsync(viewer, before);

        Figures.Print(output, "picture after a new address of the viewer's NAT, longest pause", pause, "ms");
        Assert.InRange(pause, 0, LongestSilenceMs);
        await CheckSameSessionAsync(viewer, before);
        Assert.Equal(before.LocalDescriptions, (await viewer.Picture.ReadAsync()).LocalDescriptions);
    });

    [Fact]
    public Task Viewer_WithoutANetworkForSeconds_RestartsIceAndWatchesOn() => stage.PlayAsync(output, async scene =>
    {
        stage.SetConditions(loss: 0, RoundTrip);
        await scene.PublishBusyAsync(360, 640, SendEncoding.Single);
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        var before = await viewer.Picture.ReadAsync();

        // From one network to another: nothing passes until the page has asked for a restart (RFC 9725 §4.3.2), which goes by HTTP.
        stage.SetConditions(loss: 1, RoundTrip);
        var answer = await viewer.Page.WaitForResponseAsync(response => response.Request.Method == "PATCH");
        Assert.Equal(200, answer.Status);
        var framesBefore = (await viewer.Picture.ReadAsync()).FrameCount;
        var restarted = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        stage.SetConditions(loss: 0, RoundTrip);
        stage.Link.Rebind();

        await Wait.UntilAsync("frames after the restart", Picture.Longest, viewer.Picture.ReadAsync, state => state.FrameCount > framesBefore);
        var first = (await viewer.Picture.ReadFramesAsync(framesBefore))[0];
        Figures.Print(output, "picture after an ICE restart, from its answer", first.At - restarted, "ms");
        Assert.InRange(first.At - restarted, 0, 3000);
        await CheckSameSessionAsync(viewer, before);
    });

    /// <summary>Watches for so long that a lost path shows; the longest pause, in ms, that began after <paramref name="before"/>.</summary>
    private static async Task<double> LongestPauseAsync(WatchPage viewer, PictureState before)
    {
        var now = await Wait.UntilAsync(
            "the picture goes on", Picture.Longest, viewer.Picture.ReadAsync,
            state => state.At - before.At > 2 * LongestSilenceMs && state.At - (state.Frame?.At ?? 0) < 1000);
        Assert.Equal("connected", now.Connection);
        return await viewer.Picture.ReadLongestPauseAsync(before.FrameCount - 1);
    }

    private static async Task CheckSameSessionAsync(WatchPage viewer, PictureState before)
    {
        var now = await viewer.Picture.ReadAsync();
        Assert.Equal(before.Connections, now.Connections);
        Assert.Equal(before.Tracks, now.Tracks);
        Assert.Equal(before.TracksAnnounced, now.TracksAnnounced);
    }
}
