using MediaRelay.Mixing.Scenes;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using MediaRelay.Testing.Probes.Codes;
using MediaRelay.Testing.Probes.Sources;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// The same as for headless peers with a real browser at both ends: one host is a page that draws codes, and one viewer a page that reads
/// them from what it shows.
/// </summary>
[Collection(ProbeCollection.Name)]
public sealed class ChromiumHostAndViewerTests(ProbeStage stage, ITestOutputHelper output)
{
    // In ms. A browser's own encoder, jitter buffer and screen are in these, on a machine that it shares with everything else.
    private const double LongestPause = 500;
    private const double LipSync = 80;

    // What the page looks at: B alone, then A and B in the mix.
    private const int Alone = 0;
    private const int MixedA = 1;
    private const int MixedB = 2;

    private static readonly TimeSpan Together = TimeSpan.FromSeconds(6);

    [Fact]
    public Task Viewers_HostInChromiumOnAPerfectUplink_SeeBothHosts() => WatchAsync(Uplink.Perfect);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(Uplink.Jitter)]
    [InlineData(Uplink.Loss)]
    public Task Viewers_HostInChromiumOnABadUplink_SeeBothHosts(Uplink uplink) => WatchAsync(uplink);

    private Task WatchAsync(Uplink uplink) => stage.PlayAsync(output, async show =>
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(ChromiumOptions.Create());
        await using var host = new ProbePage(await OpenAsync(browser, show, "/"), "host of A");
        await host.PublishAsync(show.RoomA, show.Sources[0], show.Clock.WallClock(show.Sources[0].Epoch));
        await show.PublishBAsync();
        var seat = await show.WatchAsync(show.RoomA, "ann");
        await seat.UntilSceneAsync(ProbeShow.SoloA);
        var token = Tokens.Mint(AccessRole.Viewer, $"{show.RoomB}-carl", room: show.RoomB);
        await using var viewer = new ProbePage(await OpenAsync(browser, show, $"/watch/{show.RoomB}#token={token}"), "carl");
        await viewer.WatchAsync(Places(show));
        show.Link.Set(uplink);
        var begin = await seat.PlayAsync(TimeSpan.FromSeconds(1));
        var soloEnd = await seat.PlayAsync(TimeSpan.FromSeconds(2));

        var asked = await show.StartCoHostAsync();
        await seat.UntilSceneAsync(ProbeShow.Mix);
        var settled = await seat.PlayAsync(TimeSpan.FromSeconds(2));
        var mixEnd = await seat.PlayAsync(Together);
        var parted = await show.EndCoHostAsync();
        await seat.UntilSceneAsync(ProbeShow.SoloA);
        var end = await seat.PlayAsync(TimeSpan.FromSeconds(1));

        var verdict = new Verdict(output, uplink);
        var whole = seat.Analyse(begin, end).Report();
        var mix = seat.Analyse(settled, mixEnd).Report();
        var solo = seat.Analyse(begin, soloEnd).Report();
        verdict.Note(whole.ToTable());
        verdict.Note(mix.ToTable());
        verdict.Tell("Chromium's picture added", mix.Sources[0].Latency.P50 - solo.Sources[0].Latency.P50, "ms at p50");
        verdict.Demand("headless viewer: black frames", whole.BlackFrames, 0, "");
        verdict.DemandInTime("headless viewer: longest pause", whole.LongestPause, LongestPause, "ms");
        verdict.DemandInTime("headless viewer: Chromium's lip sync, p50", Math.Abs(mix.Sources[0].LipSync.P50), LipSync, "ms");

        var frames = (await viewer.ReadFramesAsync()).Where(frame => frame.At >= PageAccount.UnixOf(show.Clock, begin)).ToList();
        var page = new PageAccount(frames, [show.Sources[1], show.Sources[0], show.Sources[1]], show.Clock);
        verdict.Note($"Chromium's viewer: {frames.Count} frames, {page.UnreadFrames} unread, B alone {page.Latency(Alone)}; mixed: A {page.Latency(MixedA)}, B {page.Latency(MixedB)}");
        verdict.Tell("Chromium's viewer: asked to both hosts on the screen", page.FirstRead(MixedB, PageAccount.UnixOf(show.Clock, asked)) - PageAccount.UnixOf(show.Clock, asked) ?? double.NaN, "ms");
        verdict.Tell("Chromium's viewer: parted to the own host on the screen", page.FirstRead(Alone, PageAccount.UnixOf(show.Clock, parted)) - PageAccount.UnixOf(show.Clock, parted) ?? double.NaN, "ms");
        verdict.Tell("Chromium's viewer: B added on the screen", page.Latency(MixedB).P50 - page.Latency(Alone).P50, "ms at p50");
        verdict.Tell("Chromium's viewer: longest repeat of B", page.LongestRepeat(Alone, MixedB), "ms");
        verdict.Demand("Chromium's viewer: black frames", page.BlackFrames, 0, "");
        verdict.DemandInTime("Chromium's viewer: longest pause", page.LongestPause, LongestPause, "ms");
        Assert.True(page.Latency(MixedA).Count > 0 && page.Latency(MixedB).Count > 0 && page.Latency(Alone).Count > 0, "the page read nothing somewhere");
        verdict.Check(show, seat);
    });

    /// <summary>Where the grids of B alone, and of A and B in the mix are, as shares of the picture.</summary>
    private static IEnumerable<double[]> Places(ProbeShow show)
    {
        var canvas = CanvasSize.Portrait;
        yield return Place(show.Sources[1], new PixelRect(0, 0, canvas.Width, canvas.Height), TileFit.Cover, canvas);
        foreach (var tile in show.SceneOf(ProbeShow.Mix, Layout.Auto).Tiles)
        {
            yield return Place(show.Sources[tile.Source], tile.In(canvas.Width, canvas.Height), tile.Fit, canvas);
        }
    }

    private static double[] Place(ProbeSourceOptions source, PixelRect tile, TileFit fit, CanvasSize canvas)
    {
        var grid = new ProbeGrid(source.Width, source.Height);
        var placement = ProbePlacement.Of(source.Width, source.Height, tile, fit);
        return
        [
            (placement.X + (placement.Scale * grid.Left)) / canvas.Width,
            (placement.Y + (placement.Scale * grid.Top)) / canvas.Height,
            placement.Scale * ProbeGrid.Columns * grid.Block / canvas.Width,
            placement.Scale * ProbeGrid.Rows * grid.Block / canvas.Height,
        ];
    }

    private static async Task<IPage> OpenAsync(IBrowser browser, ProbeShow show, string path)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = show.Server.Address.ToString(),
            ViewportSize = new ViewportSize { Width = 360, Height = 640 },
        });
        await context.AddInitScriptAsync(ProbePage.Script);
        var page = await context.NewPageAsync();
        await page.RouteAsync("**/whip/*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = show.LeadOverLink(await answer.TextAsync()) });
        });
        await page.GotoAsync(path);
        return page;
    }
}
