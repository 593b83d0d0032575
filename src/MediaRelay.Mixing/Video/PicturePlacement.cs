using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// How a picture of one size goes into a tile: which part of it, to which pixels. When that part is as large as the
/// pixels, rows are copied; otherwise it is scaled, with the same factor in both directions.
/// </summary>
internal sealed class PicturePlacement
{
    // H.264 and VP8 have chroma samples at every other luma column, not between two (ITU-T H.264 figure 6-1; type 0 of E.2.1): seen from
    // the middle of its two columns a sample lies a quarter of its own width to the left, in the source and in the result.
    private const double ChromaShift = -0.25;

    private readonly int _sourceX;
    private readonly int _sourceY;
    private readonly PlaneScaler? _luma;
    private readonly PlaneScaler? _chroma;

    public PicturePlacement(int sourceWidth, int sourceHeight, PixelRect tile, TileFit fit)
    {
        SourceWidth = sourceWidth;
        SourceHeight = sourceHeight;
        Tile = tile;
        Fit = fit;
        var (x, y, width, height) = (0.0, 0.0, (double)sourceWidth, (double)sourceHeight);
        var isWider = (long)sourceWidth * tile.Height > (long)sourceHeight * tile.Width;
        if (fit == TileFit.Contain)
        {
            Area = isWider
                ? Centre(tile, tile.Width, sourceHeight * (double)tile.Width / sourceWidth)
                : Centre(tile, sourceWidth * (double)tile.Height / sourceHeight, tile.Height);
        }
        else
        {
            Area = tile;
            if (isWider)
            {
                width = sourceHeight * (double)tile.Width / tile.Height;
                x = (sourceWidth - width) / 2;
            }
            else
            {
                height = sourceWidth * (double)tile.Height / tile.Width;
                y = (sourceHeight - height) / 2;
            }
        }

        if ((int)Math.Round(width) == Area.Width && (int)Math.Round(height) == Area.Height)
        {
            // Whole chroma samples only: half a sample of centring is not worth a scaled picture.
            _sourceX = (int)x & ~1;
            _sourceY = (int)y & ~1;
            return;
        }

        var (chromaWidth, chromaHeight) = ((sourceWidth + 1) / 2, (sourceHeight + 1) / 2);
        _luma = new PlaneScaler(x, y, width, height, Area.Width, Area.Height);
        _chroma = new PlaneScaler(
            x / 2, y / 2, Math.Min(width / 2, chromaWidth), Math.Min(height / 2, chromaHeight), Area.Width / 2, Area.Height / 2, ChromaShift);
    }

    public int SourceWidth { get; }

    public int SourceHeight { get; }

    public PixelRect Tile { get; }

    public TileFit Fit { get; }

    /// <summary>The pixels that the picture covers: the tile, or less of it when the picture is contained.</summary>
    public PixelRect Area { get; }

    public bool IsCopy => _luma is null;

    public void Draw(in PictureView picture, CanvasPicture canvas)
    {
        var chromaWidth = canvas.Width / 2;
        var luma = canvas.Y[((Area.Y * canvas.Width) + Area.X)..];
        var chromaStart = (Area.Y / 2 * chromaWidth) + (Area.X / 2);
        if (_luma is null || _chroma is null)
        {
            Copy(picture.Y, picture.YStride, _sourceX, _sourceY, luma, canvas.Width, Area.Width, Area.Height);
            Copy(picture.U, picture.UStride, _sourceX / 2, _sourceY / 2, canvas.U[chromaStart..], chromaWidth, Area.Width / 2, Area.Height / 2);
            Copy(picture.V, picture.VStride, _sourceX / 2, _sourceY / 2, canvas.V[chromaStart..], chromaWidth, Area.Width / 2, Area.Height / 2);
            return;
        }

        _luma.Scale(picture.Y, picture.YStride, luma, canvas.Width);
        _chroma.Scale(picture.U, picture.UStride, canvas.U[chromaStart..], chromaWidth);
        _chroma.Scale(picture.V, picture.VStride, canvas.V[chromaStart..], chromaWidth);
    }

    private static PixelRect Centre(PixelRect tile, double width, double height)
    {
        var (w, h) = (Math.Clamp((int)Math.Round(width / 2) * 2, 2, tile.Width), Math.Clamp((int)Math.Round(height / 2) * 2, 2, tile.Height));
        return new PixelRect(tile.X + ((tile.Width - w) / 2 & ~1), tile.Y + ((tile.Height - h) / 2 & ~1), w, h);
    }

    private static void Copy(
        ReadOnlySpan<byte> source, int sourceStride, int x, int y, Span<byte> target, int targetStride, int width, int height)
    {
        for (var row = 0; row < height; row++)
        {
            source.Slice(((y + row) * sourceStride) + x, width).CopyTo(target[(row * targetStride)..]);
        }
    }
}
