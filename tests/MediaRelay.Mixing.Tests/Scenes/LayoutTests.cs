using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Tests.Scenes;

public sealed class LayoutTests
{
    private static readonly TileOwner A = new("room-a", "merchant-a");
    private static readonly TileOwner B = new("room-b", "merchant-b");
    private static readonly TileOwner C = new("room-c", "merchant-c");
    private static readonly TileOwner D = new("room-d", "merchant-d");

    [Fact]
    public void Place_AutoInPortrait_PutsOneAboveTheOther()
    {
        var tiles = Layout.Auto.Place(CanvasSize.Portrait, [A, B]);
        Assert.Equal(new Tile(A, new PixelRect(0, 0, 720, 640), 0, TileFit.Cover), tiles[0]);
        Assert.Equal(new Tile(B, new PixelRect(0, 640, 720, 640), 0, TileFit.Cover), tiles[1]);
    }

    [Fact]
    public void Place_AutoInLandscape_PutsThemSideBySide()
    {
        var tiles = Layout.Auto.Place(CanvasSize.Landscape, [A, B]);
        Assert.Equal(new PixelRect(0, 0, 640, 720), tiles[0].Area);
        Assert.Equal(new PixelRect(640, 0, 640, 720), tiles[1].Area);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("side-by-side")]
    [InlineData("top-bottom")]
    [InlineData("main-strip")]
    public void Place_AnyNumberOfRooms_CoversTheCanvasExactlyOnceWithEvenTiles(string name)
    {
        Assert.True(Layout.TryFromName(name, out var layout));
        Assert.Equal(name, layout.Name);
        foreach (var canvas in (CanvasSize[])[CanvasSize.Portrait, CanvasSize.Landscape])
        {
            TileOwner[] owners = [A, B, C, D];
            for (var rooms = 1; rooms <= 4; rooms++)
            {
                var tiles = layout.Place(canvas, owners[..rooms]);
                Assert.Equal(owners[..rooms], tiles.Select(tile => tile.Owner));
                var hits = new int[canvas.Width * canvas.Height];
                foreach (var area in tiles.Select(tile => tile.Area))
                {
                    Assert.Equal(0, (area.X | area.Y | area.Width | area.Height) & 1);
                    for (var y = area.Y; y < area.Bottom; y++)
                    {
                        for (var x = area.X; x < area.Right; x++)
                        {
                            hits[(y * canvas.Width) + x]++;
                        }
                    }
                }

                Assert.DoesNotContain(hits, hit => hit != 1);
            }
        }
    }

    [Fact]
    public void Place_PictureInPicture_LaysTheOthersOverTheMainRoomWithoutTouchingEachOther()
    {
        Assert.True(Layout.TryFromName("picture-in-picture", out var layout));
        var tiles = layout.Place(CanvasSize.Portrait, [A, B, C, D]);
        Assert.Equal(new PixelRect(0, 0, 720, 1280), tiles[0].Area);
        for (var i = 1; i < tiles.Count; i++)
        {
            Assert.True(tiles[i].Z > tiles[0].Z);
            Assert.InRange(tiles[i].Area.Right, 1, 719);
            Assert.InRange(tiles[i].Area.Y, 1, 1279);
            if (i > 1)
            {
                Assert.True(tiles[i].Area.Bottom < tiles[i - 1].Area.Y);
            }
        }
    }

    [Fact]
    public void Place_Custom_ScalesSortsByHeightAndLeavesOutStrangers()
    {
        LayoutTile[] rectangles =
        [
            new(B.RoomId, 0.5, 0.5, 0.5, 0.5, Z: 2, TileFit.Contain),
            new("room-x", 0, 0, 1, 1),
            new(A.RoomId, 0, 0, 1, 1, Z: 1),
        ];
        Assert.True(Layout.TryCreateCustom(rectangles, out var layout, out _));
        var tiles = layout.Place(CanvasSize.Landscape, [A, B]);
        Assert.Equal([A, B], tiles.Select(tile => tile.Owner));
        Assert.Equal(new Tile(B, new PixelRect(640, 360, 640, 360), 2, TileFit.Contain), tiles[1]);
    }

    [Theory]
    [InlineData(-0.1, 0, 0.5, 0.5)]
    [InlineData(0, 0, 1.1, 0.5)]
    [InlineData(0.6, 0, 0.5, 0.5)]
    [InlineData(0, 0, 0, 0.5)]
    [InlineData(double.NaN, 0, 0.5, 0.5)]
    [InlineData(0, 0, double.PositiveInfinity, 0.5)]
    public void TryCreateCustom_OutsideTheCanvas_NamesTheRoom(double x, double y, double width, double height)
    {
        Assert.False(Layout.TryCreateCustom([new LayoutTile(A.RoomId, x, y, width, height)], out _, out var error));
        Assert.Contains(A.RoomId, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreateCustom_NoneOrTooMany_IsRefused()
    {
        Assert.False(Layout.TryCreateCustom([], out _, out _));
        var tiles = Enumerable.Repeat(new LayoutTile(A.RoomId, 0, 0, 1, 1), Layout.MaxTiles + 1).ToArray();
        Assert.False(Layout.TryCreateCustom(tiles, out _, out _));
        Assert.False(Layout.TryFromName("mosaic", out _));
    }
}
