using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Worker;

/// <summary>One composed picture size of the session and who encodes it. Canvas thread.</summary>
internal sealed class Canvas : IDisposable
{
    // Being drawn, waiting and being encoded, for two codecs of the same size.
    private const int Pictures = 5;

    private readonly CanvasPool _pool;
    private readonly CanvasPool _smallPool;
    private readonly SceneComposer _composer;

    public Canvas(CanvasSize size)
    {
        Size = size;
        _pool = new CanvasPool(size, Pictures);
        _smallPool = new CanvasPool(size.Halved(), Pictures);
        _composer = new SceneComposer(size);
    }

    public CanvasSize Size { get; }

    public void Arrange(Layout layout, IReadOnlyList<TileOwner> owners) => _composer.Tiles = layout.Place(Size, owners);

    /// <summary>
    /// Composes what the sources show now; <paramref name="pictures"/> belong to the sources with the same index. Null
    /// when all pictures are held by encoders that are behind. <paramref name="empty"/> counts tiles for which there
    /// was nothing but colour.
    /// </summary>
    public CanvasPicture? Compose(MixSource[] sources, Codecs.DecodedPicture?[] pictures, out int empty)
    {
        empty = 0;
        var canvas = _pool.TryRent();
        if (canvas is null)
        {
            return null;
        }

        _composer.Begin(canvas);
        for (var i = 0; i < _composer.Tiles.Count; i++)
        {
            var tile = _composer.Tiles[i];
            var index = Array.FindIndex(sources, source => source.Owner == tile.Owner);
            if (index < 0)
            {
                empty++;
                _composer.DrawColour(canvas, i, PictureColour.Background);
                continue;
            }

            var source = sources[index];
            var size = new CanvasSize(tile.Area.Width, tile.Area.Height);
            if (pictures[index] is { } picture)
            {
                _composer.Draw(canvas, i, picture.View);
                source.PlateFor(size)?.Draw(canvas, tile.Area);
            }
            else if (source.SlateFor(size) is { } slate)
            {
                // It has the name already.
                _composer.Draw(canvas, i, slate.View);
            }
            else
            {
                _composer.DrawColour(canvas, i, source.Colour);
            }
        }

        return canvas;
    }

    /// <summary>The picture at half of its width and height; null when all small ones are held by encoders that are behind.</summary>
    public CanvasPicture? Halve(CanvasPicture picture)
    {
        var small = _smallPool.TryRent();
        if (small is not null)
        {
            HalvePlane(picture.Y, picture.Width, picture.Height, small.Y);
            HalvePlane(picture.U, picture.Width / 2, picture.Height / 2, small.U);
            HalvePlane(picture.V, picture.Width / 2, picture.Height / 2, small.V);
        }

        return small;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _smallPool.Dispose();
    }

    private static void HalvePlane(ReadOnlySpan<byte> plane, int width, int height, Span<byte> half) =>
        PlaneHalver.Halve(plane, width, width, height, columns: true, rows: true, half, width / 2);
}
