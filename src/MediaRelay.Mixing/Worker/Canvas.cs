using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Worker;

/// <summary>One composed picture size of the session and who encodes it. Canvas thread.</summary>
internal sealed class Canvas : IDisposable
{
    // Being drawn, waiting and being encoded, for two codecs of the same size.
    private const int Pictures = 5;

    private readonly CanvasPool _pool;
    private readonly SceneComposer _composer;

    public Canvas(CanvasSize size)
    {
        Size = size;
        _pool = new CanvasPool(size, Pictures);
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

            var picture = pictures[index] ?? sources[index].SlateFor(new CanvasSize(tile.Area.Width, tile.Area.Height));
            if (picture is null)
            {
                _composer.DrawColour(canvas, i, sources[index].Colour);
            }
            else
            {
                _composer.Draw(canvas, i, picture.View);
            }
        }

        return canvas;
    }

    public void Dispose() => _pool.Dispose();
}
