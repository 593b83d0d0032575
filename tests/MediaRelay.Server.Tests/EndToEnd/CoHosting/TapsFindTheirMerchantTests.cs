using MediaRelay.Mixing.Scenes;
using MediaRelay.Testing.Probes.Viewers;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>
/// A script of layouts runs through a co-host session; every decoded picture of both rooms is tapped, and what the layout messages say of
/// the place and the media time is compared with whose picture is there.
/// </summary>
[Collection(ProbeCollection.Name)]
public sealed class TapsFindTheirMerchantTests(ProbeStage stage, ITestOutputHelper output)
{
    private const int PictureTime = 3_000;

    // From the call to the change: long enough for the call, the message and the mixer.
    private const int Ahead = 45 * PictureTime;

    [Fact]
    public Task Taps_OverAScriptOfLayouts_FindTheMerchantWhosePictureIsThere() => stage.PlayAsync(output, async show =>
    {
        await show.PublishAsync();
        var seats = await Task.WhenAll(show.WatchAsync(show.RoomA, "ann"), show.WatchAsync(show.RoomB, "bob"));
        await Task.WhenAll(seats[0].UntilSceneAsync(ProbeShow.SoloA), seats[1].UntilSceneAsync(ProbeShow.SoloB));
        await show.StartCoHostAsync();
        await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(ProbeShow.Mix)));

        var steps = Script(show);
        foreach (var seat in seats)
        {
            seat.Probe.Scenes = [ProbeScene.Solo(0), ProbeScene.Solo(1), .. steps.Select(step => step.Scene)];
        }

        var offset = new LayoutTimeline(seats[0].Messages, seats[0].Probe.Latest!.Time).MediaOffset;
        for (var i = 0; i < steps.Count; i++)
        {
            long? at = steps[i].IsSoon ? null : (uint)(seats[0].Probe.Latest!.Time + Ahead - offset);
            await show.SetLayoutAsync(steps[i].Request, at);
            await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(steps[i].Scene.Name)));
            await seats[0].PlayAsync(TimeSpan.FromSeconds(0.5));
        }

        var verdict = new Verdict(output, Uplink.Perfect);
        foreach (var seat in seats)
        {
            var missed = Tap(show, seat, steps);
            missed.Take(20).ToList().ForEach(miss => verdict.Note(miss.Text));
            verdict.Demand($"{seat.Probe.Name}: wrong taps around changes at a named time", missed.Count(miss => !miss.IsSoon), 0, "");
            verdict.DemandInTime($"{seat.Probe.Name}: wrong taps around changes as soon as possible", missed.Count(miss => miss.IsSoon), 0, "");
        }

        verdict.Check(show, seats);
    });

    /// <summary>Taps every picture from the first of the script on, once on each code that can be read; gives what went wrong.</summary>
    private List<Miss> Tap(ProbeShow show, ProbeSeat seat, List<Step> steps)
    {
        var missed = new List<Miss>();
        var pictures = seat.Probe.Pictures.SkipWhile(picture => picture.Scene != "side-by-side")
            .Where(picture => steps.Exists(step => step.Scene.Name == picture.Scene) && picture.Tiles.All(tile => tile.Number is not null))
            .ToList();
        var timeline = new LayoutTimeline(seat.Messages, pictures[^1].Time);
        var taps = 0;
        foreach (var picture in pictures)
        {
            foreach (var tile in picture.Tiles.Where(tile => tile.Number is not null))
            {
                taps++;

                // The code is in the middle of the tile, and was read there: so this host's picture is what is tapped.
                var (x, y) = ((tile.Area.X + (tile.Area.Width / 2.0)) / picture.Width, (tile.Area.Y + (tile.Area.Height / 2.0)) / picture.Height);
                var expected = tile.Source == 0 ? show.MerchantA : show.MerchantB;
                var found = timeline.FindMerchant(x, y, picture.Time);
                if (found != expected || !IsAsTold(tile, picture, timeline, expected))
                {
                    // Late or early, a change that was asked for soon is on one side of it.
                    var shown = steps.First(step => step.Scene.Name == picture.Scene);
                    var isSoon = shown.IsSoon || steps.SkipWhile(step => step != shown).Skip(1).FirstOrDefault()?.IsSoon == true;
                    missed.Add(new Miss(
                        isSoon,
                        $"{seat.Probe.Name}: {picture} at ({x:F2}, {y:F2}): {found} instead of {expected}; told: {timeline.At(picture.Time)?.Name}"));
                }
            }
        }

        Figures.Print(output, $"taps of {seat.Probe.Name} on {pictures.Count} pictures under {timeline.Count} layout messages", $"{taps - missed.Count} of {taps} right");
        Assert.True(taps > 100, $"{taps} taps");
        return missed;
    }

    /// <summary>The message has a tile of this merchant with the edges of the one that is seen, give or take two pixels of rounding.</summary>
    private static bool IsAsTold(SeenTile tile, SeenPicture picture, LayoutTimeline timeline, string merchantId) =>
        timeline.At(picture.Time)?.Tiles.Any(told => told.MerchantId == merchantId
            && Math.Abs((told.X * picture.Width) - tile.Area.X) <= 2
            && Math.Abs((told.Y * picture.Height) - tile.Area.Y) <= 2
            && Math.Abs(((told.X + told.Width) * picture.Width) - tile.Area.Right) <= 2
            && Math.Abs(((told.Y + told.Height) * picture.Height) - tile.Area.Bottom) <= 2) == true;

    private static List<Step> Script(ProbeShow show)
    {
        var steps = new List<Step>();
        foreach (var name in new[] { "side-by-side", "picture-in-picture", "main-strip", "top-bottom" })
        {
            Assert.True(Layout.TryFromName(name, out var named));
            steps.Add(new Step(name, show.SceneOf(name, named), IsSoon: name == "main-strip"));
        }

        // Over each other, given top one first, and contained: what is told must say what lies where.
        AddCustom("B contained over A", new LayoutTile(show.RoomB, 0.5, 0.04, 0.46, 0.3, 5, TileFit.Contain), new LayoutTile(show.RoomA, 0, 0, 1, 1, 1));
        AddCustom("A over B", new LayoutTile(show.RoomA, 0.04, 0.66, 0.5, 0.3, 9), new LayoutTile(show.RoomB, 0, 0, 1, 1));
        return steps;

        void AddCustom(string name, params LayoutTile[] tiles)
        {
            Assert.True(Layout.TryCreateCustom(tiles, out var custom, out var error), error);
            var request = new
            {
                tiles = tiles.Select(tile => new
                {
                    roomId = tile.RoomId, x = tile.X, y = tile.Y, w = tile.Width, h = tile.Height, z = tile.Z,
                    fit = tile.Fit == TileFit.Contain ? "contain" : "cover",
                }),
            };
            steps.Add(new Step(request, show.SceneOf(name, custom), IsSoon: name == "A over B"));
        }
    }

    private sealed record Step(object Request, ProbeScene Scene, bool IsSoon);

    private sealed record Miss(bool IsSoon, string Text);
}
