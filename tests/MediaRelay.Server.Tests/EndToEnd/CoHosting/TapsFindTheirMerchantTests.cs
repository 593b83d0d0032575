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
            seat.Probe.Scenes = [.. steps.Select(step => step.Scene)];
        }

        long first = 0;
        foreach (var (request, scene) in steps)
        {
            var latest = seats[0].Probe.Latest!.Time;
            var offset = new LayoutTimeline(seats[0].Messages, latest).MediaOffset;
            await show.SetLayoutAsync(request, (uint)(latest + Ahead - offset));
            await Task.WhenAll(seats.Select(seat => seat.UntilSceneAsync(scene.Name)));
            first = first == 0 ? latest + Ahead : first;
            await seats[0].PlayAsync(TimeSpan.FromSeconds(0.5));
        }

        var missed = new List<string>();
        for (var i = 0; i < seats.Length; i++)
        {
            missed.AddRange(Tap(show, seats[i], i == 0 ? first : FirstOf(seats[i], steps[0].Scene.Name)));
        }

        Assert.True(missed.Count == 0, $"{missed.Count} taps went wrong:\n{string.Join('\n', missed.Take(20))}");
    });

    private static long FirstOf(ProbeSeat seat, string scene) => seat.Probe.Pictures.First(picture => picture.Scene == scene).Time - (10 * PictureTime);

    /// <summary>Taps every picture from a time on, once on each code that can be read; gives what went wrong.</summary>
    private List<string> Tap(ProbeShow show, ProbeSeat seat, long from)
    {
        var missed = new List<string>();
        var pictures = seat.Probe.Pictures.Where(picture => picture.Time >= from && picture.Scene is not null).ToList();
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
                    missed.Add($"{seat.Probe.Name}: {picture} at ({x:F2}, {y:F2}): {found} instead of {expected}; told: {timeline.At(picture.Time)?.Name}");
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

    private static List<(object Request, ProbeScene Scene)> Script(ProbeShow show)
    {
        var steps = new List<(object, ProbeScene)>();
        foreach (var name in new[] { "side-by-side", "picture-in-picture", "main-strip", "top-bottom" })
        {
            Assert.True(Layout.TryFromName(name, out var named));
            steps.Add((name, show.SceneOf(name, named)));
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
            steps.Add((request, show.SceneOf(name, custom)));
        }
    }
}
