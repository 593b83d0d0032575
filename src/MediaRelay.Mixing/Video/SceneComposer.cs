using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// Draws pictures into the tiles of one canvas size: cropped or contained, never stretched, in the order of the tiles.
/// One thread at a time.
/// </summary>
internal sealed class SceneComposer
{
    private readonly CanvasSize _size;
    private IReadOnlyList<Tile> _tiles = [];
    private PicturePlacement?[] _placements = [];
    private bool _isCovered;

    public SceneComposer(CanvasSize size) => _size = size;

    /// <summary>Bottom tile first.</summary>
    public IReadOnlyList<Tile> Tiles
    {
        get => _tiles;
        set
        {
            _tiles = value;
            _placements = new PicturePlacement?[value.Count];
            _isCovered = IsCovered(value);
        }
    }

    /// <summary>Begins a picture: paints the background where no tile will.</summary>
    public void Begin(CanvasPicture canvas)
    {
        if (!_isCovered)
        {
            Fill(canvas, new PixelRect(0, 0, canvas.Width, canvas.Height), PictureColour.Background);
        }
    }

    /// <summary>Draws <paramref name="picture"/>, of any size, into the tile with that index.</summary>
    public void Draw(CanvasPicture canvas, int tile, in PictureView picture)
    {
        var (area, fit) = (_tiles[tile].Area, _tiles[tile].Fit);
        ref var placement = ref _placements[tile];
        if (placement is null || placement.SourceWidth != picture.Width || placement.SourceHeight != picture.Height)
        {
            placement = new PicturePlacement(picture.Width, picture.Height, area, fit);
        }

        if (placement.Area != area)
        {
            Fill(canvas, area, PictureColour.Background);
        }

        placement.Draw(picture, canvas);
        if (picture.IsFullRange)
        {
            FullRange.ToLimited(canvas, placement.Area);
        }
    }

    /// <summary>Paints the tile with that index in one colour.</summary>
    public void DrawColour(CanvasPicture canvas, int tile, PictureColour colour) => Fill(canvas, _tiles[tile].Area, colour);

    internal static void Fill(CanvasPicture canvas, PixelRect area, PictureColour colour)
    {
        for (var y = area.Y; y < area.Bottom; y++)
        {
            canvas.Y.Slice((y * canvas.Width) + area.X, area.Width).Fill(colour.Y);
        }

        var stride = canvas.Width / 2;
        for (var y = area.Y / 2; y < area.Bottom / 2; y++)
        {
            canvas.U.Slice((y * stride) + (area.X / 2), area.Width / 2).Fill(colour.U);
            canvas.V.Slice((y * stride) + (area.X / 2), area.Width / 2).Fill(colour.V);
        }
    }

    private bool IsCovered(IReadOnlyList<Tile> tiles)
    {
        var (columns, rows) = (_size.Width / 2, _size.Height / 2);
        var covered = new bool[columns * rows];
        foreach (var tile in tiles)
        {
            for (var y = tile.Area.Y / 2; y < tile.Area.Bottom / 2; y++)
            {
                covered.AsSpan((y * columns) + (tile.Area.X / 2), tile.Area.Width / 2).Fill(true);
            }
        }

        return !covered.AsSpan().Contains(false);
    }
}
