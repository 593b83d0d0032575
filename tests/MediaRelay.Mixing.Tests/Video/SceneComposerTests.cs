using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Tests.Video;

[Collection(AllocationCollection.Name)]
public sealed class SceneComposerTests
{
    private static readonly TileOwner Owner = new("room", "merchant");

    [Fact]
    public void Draw_SourceAsWideAsTheTile_CopiesTheMiddleRowsExactly()
    {
        using var pool = new CanvasPool(new CanvasSize(64, 96), capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(new CanvasSize(64, 96)) { Tiles = [Tile(0, 0, 64, 48), Tile(0, 48, 64, 48)] };
        var upper = TestPicture.Random(64, 96, seed: 1);
        var lower = TestPicture.Random(64, 64, seed: 2);
        composer.Begin(canvas);
        composer.Draw(canvas, 0, upper.View);
        composer.Draw(canvas, 1, lower.View);
        for (var y = 0; y < 48; y++)
        {
            Assert.True(canvas.Y.Slice(y * 64, 64).SequenceEqual(upper.Row(y + 24)), $"upper luma row {y}");
            Assert.True(canvas.Y.Slice((y + 48) * 64, 64).SequenceEqual(lower.Row(y + 8)), $"lower luma row {y}");
        }

        for (var y = 0; y < 24; y++)
        {
            Assert.True(canvas.U.Slice(y * 32, 32).SequenceEqual(upper.URow(y + 12)), $"upper U row {y}");
            Assert.True(canvas.V.Slice((y + 24) * 32, 32).SequenceEqual(lower.VRow(y + 4)), $"lower V row {y}");
        }
    }

    [Fact]
    public void Draw_SourceAsHighAsTheTile_CopiesTheMiddleColumnsExactly()
    {
        using var pool = new CanvasPool(new CanvasSize(64, 36), capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(new CanvasSize(64, 36)) { Tiles = [Tile(0, 0, 32, 36), Tile(32, 0, 32, 36)] };
        var picture = TestPicture.Random(64, 36, seed: 3);
        composer.Draw(canvas, 1, picture.View);
        for (var y = 0; y < 36; y++)
        {
            Assert.True(canvas.Y.Slice((y * 64) + 32, 32).SequenceEqual(picture.Row(y).AsSpan(16, 32)), $"row {y}");
        }
    }

    [Theory]
    [InlineData(640, 360, 360, 640)]
    [InlineData(360, 640, 640, 360)]
    [InlineData(1280, 720, 160, 200)]
    [InlineData(100, 76, 360, 320)]
    public void Draw_CoverWithScaling_KeepsASquareSquareAndCentredAndFillsTheTile(int width, int height, int tileWidth, int tileHeight)
    {
        var size = new CanvasSize(tileWidth, tileHeight);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        canvas.Y.Clear();
        var composer = new SceneComposer(size) { Tiles = [Tile(0, 0, tileWidth, tileHeight)] };

        // A bright square of a fifth of the shorter side in the middle of a grey picture.
        var side = Math.Min(width, height) / 10 * 2;
        var picture = TestPicture.Plain(width, height, 100);
        picture.FillLuma((width - side) / 2, (height - side) / 2, side, side, 220);
        composer.Begin(canvas);
        composer.Draw(canvas, 0, picture.View);

        Assert.DoesNotContain(canvas.Y.ToArray(), luma => luma < 95);
        var (left, top, right, bottom) = Bounds(canvas, 160);
        var scale = Math.Max((double)tileWidth / width, (double)tileHeight / height);
        Assert.InRange(right - left, (side * scale) - 1.5, (side * scale) + 1.5);
        Assert.InRange(bottom - top, (side * scale) - 1.5, (side * scale) + 1.5);
        Assert.InRange((left + right) / 2.0, (tileWidth / 2.0) - 1.5, (tileWidth / 2.0) + 1.5);
        Assert.InRange((top + bottom) / 2.0, (tileHeight / 2.0) - 1.5, (tileHeight / 2.0) + 1.5);
    }

    [Fact]
    public void Draw_Contain_ShowsTheWholePictureBetweenBackgroundBars()
    {
        var size = new CanvasSize(120, 200);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(size) { Tiles = [new Tile(Owner, new PixelRect(0, 0, 120, 200), 0, TileFit.Contain)] };
        var picture = TestPicture.Plain(240, 120, 200);
        composer.Begin(canvas);
        composer.Draw(canvas, 0, picture.View);
        var (left, top, right, bottom) = Bounds(canvas, 150);
        Assert.Equal((0, 120), (left, right));
        Assert.Equal((70, 130), (top, bottom));
        Assert.Equal(PictureColour.Background.Y, canvas.Y[0]);
        Assert.Equal(PictureColour.Background.U, canvas.U[0]);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(128, 126)]
    [InlineData(255, 235)]
    public void Draw_FullRangePicture_IsBroughtIntoTheLimitedRangeAndNothingBesideIt(int luma, int expected)
    {
        var size = new CanvasSize(64, 64);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(size) { Tiles = [Tile(0, 0, 64, 32), Tile(0, 32, 64, 32)] };
        var picture = TestPicture.Plain(64, 32, (byte)luma);
        composer.Draw(canvas, 0, picture.View);
        composer.Draw(canvas, 1, picture.FullRangeView);
        Assert.Equal(luma, canvas.Y[0]);
        Assert.Equal(-1, canvas.Y[(32 * 64)..].IndexOfAnyExcept((byte)expected));
        Assert.Equal(-1, canvas.U.IndexOfAnyExcept((byte)128));
    }

    [Theory]
    [InlineData(641, 361)]
    [InlineData(99, 3)]
    [InlineData(3, 1999)]
    public void Draw_OddSizesThatChangeInMidStream_FillTheTileWithTheirColour(int width, int height)
    {
        var size = new CanvasSize(120, 80);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(size) { Tiles = [Tile(0, 0, 118, 80), Tile(118, 0, 2, 80)] };
        foreach (var (w, h, luma) in new[] { (320, 240, 50), (width, height, 140), (64, 64, 99) })
        {
            canvas.Y.Clear();
            canvas.U.Clear();
            var picture = TestPicture.Plain(w, h, (byte)luma);
            composer.Draw(canvas, 0, picture.View);
            composer.Draw(canvas, 1, picture.View);
            Assert.Equal(-1, canvas.Y.IndexOfAnyExcept((byte)luma));
            Assert.Equal(-1, canvas.U.IndexOfAnyExcept((byte)128));
        }
    }

    [Fact]
    public void Draw_OverlappingTiles_ShowsTheHigherOneAndLeavesUncoveredCanvasInBackground()
    {
        var size = new CanvasSize(64, 64);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        canvas.Y.Clear();
        var composer = new SceneComposer(size) { Tiles = [Tile(0, 0, 48, 48), Tile(32, 32, 16, 16)] };
        var (below, above) = (TestPicture.Plain(48, 48, 90), TestPicture.Plain(16, 16, 210));
        composer.Begin(canvas);
        composer.Draw(canvas, 0, below.View);
        composer.Draw(canvas, 1, above.View);
        Assert.Equal(90, canvas.Y[(10 * 64) + 10]);
        Assert.Equal(210, canvas.Y[(40 * 64) + 40]);
        Assert.Equal(PictureColour.Background.Y, canvas.Y[(60 * 64) + 60]);
    }

    [Fact]
    public void Draw_ScaledPicture_AllocatesNothingAfterTheFirst()
    {
        var size = new CanvasSize(128, 128);
        using var pool = new CanvasPool(size, capacity: 1);
        using var canvas = pool.TryRent()!;
        var composer = new SceneComposer(size) { Tiles = [Tile(0, 0, 128, 128)] };
        var picture = TestPicture.Random(300, 300, seed: 4);
        composer.Draw(canvas, 0, picture.View);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            composer.Begin(canvas);
            composer.Draw(canvas, 0, picture.View);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Scale_AnyPairOfSizes_StaysWithinTheRangeOfTheSource()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var (width, height) = (random.Next(1, 80) * 2, random.Next(1, 80) * 2);
            var tile = new PixelRect(0, 0, random.Next(1, 60) * 2, random.Next(1, 60) * 2);
            var size = new CanvasSize(tile.Width, tile.Height);
            using var pool = new CanvasPool(size, capacity: 1);
            using var canvas = pool.TryRent()!;
            canvas.Y.Clear();
            var composer = new SceneComposer(size)
            {
                Tiles = [new Tile(Owner, tile, 0, round % 2 == 0 ? TileFit.Cover : TileFit.Contain)],
            };
            var picture = TestPicture.Plain(width, height, 137);
            composer.Begin(canvas);
            composer.Draw(canvas, 0, picture.View);
            foreach (var luma in canvas.Y)
            {
                Assert.True(luma == 137 || (round % 2 == 1 && luma == PictureColour.Background.Y), $"{width}x{height} into {tile}: {luma}");
            }
        }
    }

    private static Tile Tile(int x, int y, int width, int height) => new(Owner, new PixelRect(x, y, width, height), 0, TileFit.Cover);

    private static (int Left, int Top, int Right, int Bottom) Bounds(CanvasPicture canvas, byte threshold)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, 0, 0);
        for (var y = 0; y < canvas.Height; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                if (canvas.Y[(y * canvas.Width) + x] > threshold)
                {
                    (left, top) = (Math.Min(left, x), Math.Min(top, y));
                    (right, bottom) = (Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                }
            }
        }

        return (left, top, right, bottom);
    }
}
