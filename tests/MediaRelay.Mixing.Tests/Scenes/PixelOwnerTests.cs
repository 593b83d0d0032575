using FsCheck.Fluent;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Tests.Video;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Tests.Scenes;

/// <summary>Whatever the layout, every pixel of the canvas shows the topmost tile that lies there, or the background.</summary>
public sealed class PixelOwnerTests
{
    private const int BaseLuma = 100;

    private static readonly string[] Names = ["auto", "side-by-side", "top-bottom", "picture-in-picture", "main-strip"];

    [Fact]
    public void Draw_AnyCustomLayout_ShowsTheTopmostTileAtEveryPixel() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => ShowsTopmost(Random(seed), new Random(seed))));

    [Fact]
    public void Draw_EveryNamedLayoutOfOneToFourRooms_LeavesNoPixelWithoutARoom()
    {
        foreach (var size in new[] { CanvasSize.Portrait, CanvasSize.Landscape, new CanvasSize(90, 160) })
        {
            for (var rooms = 1; rooms <= 4; rooms++)
            {
                foreach (var name in Names)
                {
                    Assert.True(Layout.TryFromName(name, out var layout));
                    var tiles = layout.Place(size, Owners(rooms));
                    Assert.Equal(rooms, tiles.Select(tile => tile.Owner).Distinct().Count());
                    var owners = TopmostAt(size, tiles);
                    Assert.True(Array.TrueForAll(owners, owner => owner >= 0), $"{name} of {rooms} on {size}: a pixel without a room");
                    Assert.Equal(rooms, owners.Distinct().Count());
                }
            }
        }
    }

    [Fact]
    public void Place_RoomWithoutATileOrTileOfNoRoom_LeavesItOut()
    {
        LayoutTile[] rectangles = [new("room-1", 0.5, 0.5, 0.5, 0.5), new("elsewhere", 0, 0, 1, 1), new("room-0", 0, 0, 0.001, 0.001)];
        Assert.True(Layout.TryCreateCustom(rectangles, out var layout, out var error), error);
        var tiles = layout.Place(CanvasSize.Portrait, Owners(3));

        // A rectangle that rounds to no pixels is none either.
        Assert.Equal(["room-1"], tiles.Select(tile => tile.Owner.RoomId));
    }

    private static bool ShowsTopmost(Layout layout, Random random)
    {
        var size = new CanvasSize(random.Next(8, 60) * 2, random.Next(8, 60) * 2);
        var tiles = layout.Place(size, Owners(4));
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        canvas.Y.Clear();
        var composer = new SceneComposer(size) { Tiles = tiles };
        composer.Begin(canvas);
        for (var i = 0; i < tiles.Count; i++)
        {
            var picture = TestPicture.Plain(random.Next(2, 120), random.Next(2, 120), (byte)(BaseLuma + i));
            composer.Draw(canvas, i, picture.View);
        }

        var owners = TopmostAt(size, tiles);
        for (var pixel = 0; pixel < owners.Length; pixel++)
        {
            // A contained picture has bars of background around it.
            var (owner, luma) = (owners[pixel], canvas.Y[pixel]);
            var isBar = owner >= 0 && tiles[owner].Fit == TileFit.Contain && luma == PictureColour.Background.Y;
            if (!isBar && luma != (owner < 0 ? PictureColour.Background.Y : BaseLuma + owner))
            {
                return false;
            }
        }

        return true;
    }

    private static Layout Random(int seed)
    {
        var random = new Random(seed);
        var rectangles = new LayoutTile[random.Next(1, Layout.MaxTiles + 1)];
        for (var i = 0; i < rectangles.Length; i++)
        {
            // Down to two pixels, up to everything.
            var (x, y) = (random.NextDouble(), random.NextDouble());
            var (width, height) = ((1 - x) * Math.Pow(random.NextDouble(), 2), (1 - y) * random.NextDouble());
            rectangles[i] = new LayoutTile(
                $"room-{random.Next(5)}", x, y, Math.Max(width, 1e-6), Math.Max(height, 1e-6), random.Next(-2, 3), random.Next(3) == 0 ? TileFit.Contain : TileFit.Cover);
        }

        Assert.True(Layout.TryCreateCustom(rectangles, out var layout, out var error), error);
        return layout;
    }

    private static List<TileOwner> Owners(int rooms) => [.. Enumerable.Range(0, rooms).Select(i => new TileOwner($"room-{i}", $"merchant-{i}"))];

    // The plain way: for every pixel the last tile, in the order of z, that contains it; −1 for none.
    private static int[] TopmostAt(CanvasSize size, IReadOnlyList<Tile> tiles)
    {
        var owners = new int[size.Width * size.Height];
        for (var pixel = 0; pixel < owners.Length; pixel++)
        {
            var (x, y) = (pixel % size.Width, pixel / size.Width);
            owners[pixel] = -1;
            for (var i = 0; i < tiles.Count; i++)
            {
                var area = tiles[i].Area;
                var isHigher = owners[pixel] < 0 || tiles[i].Z >= tiles[owners[pixel]].Z;
                owners[pixel] = isHigher && x >= area.X && x < area.Right && y >= area.Y && y < area.Bottom ? i : owners[pixel];
            }
        }

        return owners;
    }
}
