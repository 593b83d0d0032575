using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Networks;

/// <summary>A host sends three encodings; the viewer's network becomes narrow and wide again.</summary>
[Collection(LinkCollection.Name)]
public sealed class ViewerOnANarrowNetworkTests(LinkStage stage, ITestOutputHelper output)
{
    private const int TopHeight = 720;
    private const int NarrowBitRate = 400_000;
    private const double LongestPauseMs = 1000;

    // A home router's: what an estimate that looks at delay sees before anything is lost.
    private static readonly TimeSpan RouterQueue = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    // Longer than the answer to the narrowing: whoever stayed too high would be seen pausing here.
    private static readonly TimeSpan NarrowTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestReturn = TimeSpan.FromSeconds(15);

    // The host's browser starts with the lowest encoding and adds the others as its estimate of the way to the relay grows.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(45);

    [Fact]
    public Task Viewer_LineNarrowsAndWidens_LayerGoesDownWithoutAFreezeAndComesBack() =>
        stage.PlayAsync(output, PlayAsync, codecOfA: "h264");

    // Its picture ids and key-frame indices go on over a switch, too (RFC 7741 §4.2).
    [Fact]
    [Trait("Category", "Long")]
    public Task Viewer_LineNarrowsAndWidensWithVp8_LayerGoesDownWithoutAFreezeAndComesBack() =>
        stage.PlayAsync(output, PlayAsync, codecOfA: "vp8");

    private async Task PlayAsync(Scene scene)
    {
        stage.SetConditions(loss: 0, RoundTrip);
        var host = await scene.PublishBusyAsync(1280, TopHeight, SendEncoding.Simulcast);
        var started = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(
            "the host sends all encodings", LongestStart, host.ReadEncodingsAsync,
            encodings => encodings.Count == SendEncoding.Simulcast.Count && encodings.All(encoding => encoding.FramesSent > 0));
        Figures.Print(output, "simulcast: the host's browser sends all encodings", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        var toTop = await UntilHeightAsync(host, viewer, LongestStart, height => height == TopHeight);
        Figures.Print(output, "simulcast: top layer after joining", toTop.TotalMilliseconds, "ms");

        var before = await viewer.Picture.ReadAsync();
        var linkBefore = stage.Link.ToClients;
        var relayBefore = await RelayAccount.ReadAsync(scene.Server);
        stage.Link.ConfigureToClients(conditions => (conditions.BitRate, conditions.QueueTime) = (NarrowBitRate, RouterQueue));
        var down = await UntilHeightAsync(host, viewer, LongestReturn, height => height < TopHeight);
        await Task.Delay(NarrowTime);
        var narrow = await viewer.ReadStatisticsAsync();
        var pause = await viewer.Picture.ReadLongestPauseAsync(before.FrameCount - 1);
        var relay = (await RelayAccount.ReadAsync(scene.Server)).Since(relayBefore);
        Figures.Print(
            output,
            $"simulcast: line of {NarrowBitRate / 1000} kbit/s",
            FormattableString.Invariant($"down to height {narrow.FrameHeight} after {down.TotalMilliseconds:0} ms, longest pause {pause:0} ms, ")
            + $"link: {stage.Link.ToClients - linkBefore}, {relay}");

        var beforeReturn = await viewer.Picture.ReadAsync();
        stage.Link.ConfigureToClients(conditions => conditions.BitRate = 0);
        var back = await UntilHeightAsync(host, viewer, Picture.Longest, height => height == TopHeight);
        var pauseOfReturn = await viewer.Picture.ReadLongestPauseAsync(beforeReturn.FrameCount - 1);
        Figures.Print(
            output,
            "simulcast: line wide again",
            FormattableString.Invariant($"top layer after {back.TotalMilliseconds:0} ms, longest pause {pauseOfReturn:0} ms"));
        output.WriteLine(string.Join('\n', await host.ReadEncodingsAsync()));

        Assert.InRange(narrow.FrameHeight, 1, TopHeight - 1);
        Assert.InRange(pause, 0, LongestPauseMs);
        Assert.InRange(back, TimeSpan.Zero, LongestReturn);
        Assert.InRange(pauseOfReturn, 0, LongestPauseMs);
    }

    /// <summary>Waits for a decoded picture of such a height; how long it took.</summary>
    private static async Task<TimeSpan> UntilHeightAsync(BusyHostPage host, WatchPage viewer, TimeSpan longest, Func<int, bool> isWanted)
    {
        var started = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(
            "the height of the picture",
            longest,
            async () => (Viewer: await viewer.ReadStatisticsAsync(), Host: string.Join(", ", await host.ReadEncodingsAsync())),
            sample => isWanted(sample.Viewer.FrameHeight));
        return Stopwatch.GetElapsedTime(started);
    }
}
