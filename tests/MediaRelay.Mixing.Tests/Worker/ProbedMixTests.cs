using MediaRelay.Mixing.Scenes;
using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Viewers;
using Xunit.Abstractions;

namespace MediaRelay.Mixing.Tests.Worker;

/// <summary>
/// What a mix is worth, from decoded pictures and samples of a real worker in real time: prints its figures, and demands what does not
/// depend on how busy the machine is.
/// </summary>
[Collection(WorkerCollection.Name)]
public sealed class ProbedMixTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Mix_OfTwoHosts_IsInStepAndLosesNobodysTone()
    {
        await using var mix = await ProbedMix.StartAsync(Layout.Auto);

        // The delay settles in the first second, and sound follows it slowly.
        var from = await mix.PlayAsync(TimeSpan.FromSeconds(2));
        var to = await mix.PlayAsync(TimeSpan.FromSeconds(5));
        var programme = new ProbeAnalysis(mix.Viewer, from, to);
        var report = programme.Report();
        var ownVoice = new ProbeAnalysis(mix.ListenerA, from, to).OwnVoice(programme, 0);
        output.WriteLine(report.ToTable());
        output.WriteLine($"own voice {ownVoice} dB; {mix.Output.Stats}");

        Assert.Equal(0, report.BlackFrames);
        Assert.Equal([0, 1], report.Sources.Select(source => source.Source));
        Assert.All(report.Sources, source => Assert.Equal(0, source.OrderViolations));

        // Whatever gets late, sound and pictures of a source go by one clock.
        Assert.All(report.Sources, source => Assert.InRange(source.LipSync.P50, -40, 40));
        var skew = Assert.Single(report.Skews);
        Assert.InRange(skew.Sound.P50, -50, 50);

        // The median: where the other host got no time, the gaps in its sound are clicks, which have something of every frequency.
        Assert.InRange(ownVoice.P50, -200, -40);
    }

    [Fact]
    public async Task Mix_CameraOfOneHostGoesDark_ShowsItsSlateAndTheOtherGoesOn()
    {
        await using var mix = await ProbedMix.StartAsync(Layout.Auto);
        await mix.PlayAsync(TimeSpan.FromSeconds(1));
        var from = mix.Clock.Now;
        mix.B.IsDark = true;
        await mix.UntilAsync("the slate of B", static picture => picture.Find(1) is null && picture.Find(0) is not null);
        await mix.PlayAsync(TimeSpan.FromSeconds(0.5));
        mix.B.RequestKeyFrame(mix.Clock.Now);
        mix.B.IsDark = false;
        var lit = mix.Clock.Now;
        await mix.UntilAsync("B again", static picture => picture.Find(1) is not null);
        var to = await mix.PlayAsync(TimeSpan.FromSeconds(0.5));

        var analysis = new ProbeAnalysis(mix.Viewer, from, to);
        var slate = analysis.Pictures.First(picture => picture.Tiles.Any(tile => tile is { Source: 1, Number: null }));
        var first = analysis.FirstShowings(1).Last(shown => shown.Picture.Time < slate.Time);
        var last = analysis.Pictures.Last(picture => picture.Find(1)?.Number == first.Tile.Number);
        var back = analysis.FirstShowings(1).First(shown => shown.Picture.Time > slate.Time);
        var stood = (last.Time - first.Picture.Time) / 90.0;
        output.WriteLine($"last picture stood {stood:F0} ms, back {(back.Picture.DecodedAt - lit).TotalMilliseconds:F0} ms after the light");
        output.WriteLine(analysis.Report().ToTable());

        // Half a second and no picture more; by the mix's timeline, so however busy the machine is.
        Assert.InRange(stood, 33, 534);
        Assert.DoesNotContain(analysis.Pictures, picture => picture.IsBlack);
        Assert.Equal(0, analysis.Report().Sources[0].OrderViolations);
    }

    [Fact]
    public async Task Mix_LayoutsOneAfterTheOther_EachBeginsAtItsMediaTimeAndPutsTilesWhereItSays()
    {
        // What is shown at first has the geometry of one of them, and is none of them.
        var steps = Script();
        await using var mix = await ProbedMix.StartAsync(Layout.Auto);
        mix.Viewer.Scenes = [.. steps.Select(step => step.Scene)];
        var begins = new List<(long At, string Scene)>();
        foreach (var (layout, scene) in steps)
        {
            var at = mix.Viewer.Latest!.Time + (30 * 3_000);
            mix.Link.SetLayout(layout, at);
            begins.Add((at, scene.Name));
            await mix.UntilAsync(
                scene.Name, picture => picture.Time >= at + (15 * 3_000) && picture.Find(0) is not null && picture.Find(1) is not null);
        }

        // On a machine too busy to feed it a tile shows its slate, in which nothing can be read.
        var read = mix.Viewer.Pictures.Where(picture => picture.Time >= begins[0].At && picture.Find(0) is not null && picture.Find(1) is not null).ToList();
        Assert.Equal(steps.Select(step => step.Scene.Name), read.Select(picture => picture.Scene).Distinct());
        Assert.All(read, picture => Assert.Equal(begins.Last(begin => begin.At <= picture.Time).Scene, picture.Scene));
    }

    private static List<(Layout Layout, ProbeScene Scene)> Script()
    {
        var layouts = new List<Layout>();
        foreach (var name in new[] { "side-by-side", "picture-in-picture", "main-strip", "top-bottom" })
        {
            Assert.True(Layout.TryFromName(name, out var named));
            layouts.Add(named);
        }

        foreach (var (fit, z) in new[] { (TileFit.Contain, 2), (TileFit.Cover, 1) })
        {
            LayoutTile[] tiles = [new(ProbedMix.RoomB, 0.5, 0.04, 0.46, 0.3, z, fit), new(ProbedMix.RoomA, 0, 0, 1, 1, 0, TileFit.Cover)];
            Assert.True(Layout.TryCreateCustom(tiles, out var custom, out var error), error);
            layouts.Add(custom);
        }

        return layouts.ConvertAll(layout => (
            layout,
            ProbeScene.Of(
                $"{layout.Name} {layout.Tiles.FirstOrDefault()?.Fit}", layout, CanvasSize.Portrait, (ProbedMix.RoomA, 0), (ProbedMix.RoomB, 1))));
    }
}
