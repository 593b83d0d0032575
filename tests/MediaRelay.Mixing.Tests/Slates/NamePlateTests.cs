using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Slates;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Tests.Slates;

[Collection(AllocationCollection.Name)]
public sealed class NamePlateTests
{
    private static readonly CanvasSize Tile = new(360, 640);
    private readonly List<string> _log = [];

    [Theory]
    [InlineData("Arbor")]
    [InlineData("桦树生活馆")]
    [InlineData("متجر الزهور")]
    [InlineData("Bloom 🌸👩‍👩‍👧 & <b>Co</b>\u0001")]
    [InlineData("Ünïcödé\nin two lines")]
    public async Task Find_AnyName_GivesAPlateWithTextThatFits(string name)
    {
        var plate = await PaintAsync(name, Tile);
        Assert.InRange(plate.Width, plate.Height, Tile.Width - plate.Height);
        Assert.True(plate.Width % 2 == 0 && plate.Height % 2 == 0);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task Find_NameLongerThanTheTile_IsShortenedAndFits()
    {
        var plate = await PaintAsync(string.Concat(Enumerable.Repeat("Grand Emporium 桦 ", 8)), Tile);
        Assert.InRange(plate.Width, Tile.Width / 2, Tile.Width - plate.Height);
    }

    [Fact]
    public async Task Draw_IntoATile_WritesInItsLowerLeftCornerAndNowhereElse()
    {
        var plate = await PaintAsync("Arbor", Tile);
        using var pool = new CanvasPool(new CanvasSize(720, 640), capacity: 1);
        using var canvas = pool.TryRent()!;
        canvas.Y.Fill(100);
        canvas.U.Fill(90);
        canvas.V.Fill(240);
        var area = new PixelRect(360, 0, 360, 640);
        plate.Draw(canvas, area);
        var margin = (plate.Height / 2) & ~1;
        var written = new PixelRect(area.X + margin, area.Bottom - margin - plate.Height, plate.Width, plate.Height);
        var white = 0;
        for (var y = 0; y < 640; y++)
        {
            for (var x = 0; x < 720; x++)
            {
                var isInside = x >= written.X && x < written.Right && y >= written.Y && y < written.Bottom;
                var luma = canvas.Y[(y * 720) + x];
                Assert.True(isInside ? luma != 100 || white > 0 : luma == 100, $"{luma} at {x}, {y}");
                white += luma > 200 ? 1 : 0;
            }
        }

        Assert.InRange(white, 50, written.Width * written.Height / 2);
        Assert.Equal(58, canvas.Y[(written.Y * 720) + written.X]);
        Assert.Equal(109, canvas.U[(written.Y / 2 * 360) + (written.X / 2)]);
    }

    [Fact]
    public async Task FindAndDraw_PlateThatIsThere_AllocateNothing()
    {
        var plates = new NamePlates("Arbor", new CodecElements(), _log.Add);
        await UntilPaintedAsync(plates, Tile);
        using var pool = new CanvasPool(Tile, capacity: 1);
        using var canvas = pool.TryRent()!;
        plates.Find(Tile)!.Draw(canvas, new PixelRect(0, 0, Tile.Width, Tile.Height));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            plates.Find(Tile)!.Draw(canvas, new PixelRect(0, 0, Tile.Width, Tile.Height));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task Draw_IntoATileThatIsTooSmall_LeavesItAlone()
    {
        var plate = await PaintAsync("Arbor", Tile);
        using var pool = new CanvasPool(new CanvasSize(64, 64), capacity: 1);
        using var canvas = pool.TryRent()!;
        canvas.Y.Fill(100);
        plate.Draw(canvas, new PixelRect(0, 0, 64, 64));
        Assert.Equal(-1, canvas.Y.IndexOfAnyExcept((byte)100));
    }

    [Fact]
    public async Task Find_WithoutTheTextElement_LeavesTheNameOutAndSaysSoOnce()
    {
        var plates = new NamePlates("Arbor", new CodecElements { TextOverlay = "nosuchoverlay" }, _log.Add);
        for (var i = 1; i <= 40; i++)
        {
            Assert.Null(plates.Find(new CanvasSize(100 + (20 * i), 400 + (20 * i))));
        }

        await plates.PaintedAsync();
        Assert.Null(plates.Find(new CanvasSize(900, 1200)));
        Assert.Contains("nosuchoverlay", Assert.Single(_log), StringComparison.Ordinal);
    }

    private async Task<NamePlate> PaintAsync(string name, CanvasSize tile)
    {
        var plates = new NamePlates(name, new CodecElements(), _log.Add);
        await UntilPaintedAsync(plates, tile);
        return plates.Find(tile) ?? throw new InvalidOperationException(string.Join(' ', _log));
    }

    private static Task UntilPaintedAsync(NamePlates plates, CanvasSize tile)
    {
        plates.Find(tile);
        return plates.PaintedAsync();
    }
}
