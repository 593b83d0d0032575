using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Slates;

/// <summary>A merchant's name in white on what is darkened behind it, in the lower left corner of a tile. Immutable.</summary>
internal sealed class NamePlate
{
    private const byte Black = 16;
    private const byte White = 235;
    private const byte Grey = 128;

    // Letters' edges are softer than this; below it is nothing that anybody sees.
    private const byte LeastText = 40;

    private readonly byte[] _text;
    private readonly byte[] _chromaText;

    private NamePlate(int width, int height, byte[] text)
    {
        Width = width;
        Height = height;
        _text = text;
        _chromaText = new byte[text.Length / 4];
        PlaneHalver.Halve(text, width, width, height, columns: true, rows: true, _chromaText, width / 2);
    }

    /// <summary>In pixels; even.</summary>
    public int Width { get; }

    /// <summary>In pixels; even.</summary>
    public int Height { get; }

    /// <summary>
    /// Cuts the plate out of a line of white text on black; null when nothing is written there, as without fonts. <paramref name="isCut"/>
    /// when the text goes on behind the right edge.
    /// </summary>
    public static NamePlate? Cut(in PictureView painted, out bool isCut)
    {
        var (first, last) = FindText(painted);

        // A gap between two words may lie at the edge.
        isCut = last >= painted.Width - (painted.Height / 2);
        if (last < first)
        {
            return null;
        }

        var margin = painted.Height / 3;
        var width = (last - first + 1 + (2 * margin) + 1) & ~1;
        var height = painted.Height & ~1;
        var text = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = first; x <= last; x++)
            {
                var luma = painted.Y[(y * painted.YStride) + x];
                text[(y * width) + margin + x - first] = (byte)(Math.Clamp(luma - Black, 0, White - Black) * 255 / (White - Black));
            }
        }

        return new NamePlate(width, height, text);
    }

    /// <summary>Draws it into a tile; not at all when the tile is too small.</summary>
    public void Draw(CanvasPicture canvas, PixelRect tile)
    {
        var margin = (Height / 2) & ~1;
        if (tile.Width < Width + (2 * margin) || tile.Height < Height + (2 * margin))
        {
            return;
        }

        var (left, top) = (tile.X + margin, tile.Bottom - margin - Height);
        for (var y = 0; y < Height; y++)
        {
            Blend(canvas.Y.Slice(((top + y) * canvas.Width) + left, Width), _text.AsSpan(y * Width, Width), Black, White);
        }

        var (stride, width) = (canvas.Width / 2, Width / 2);
        for (var y = 0; y < Height / 2; y++)
        {
            var at = (((top / 2) + y) * stride) + (left / 2);
            var text = _chromaText.AsSpan(y * width, width);
            Blend(canvas.U.Slice(at, width), text, Grey, Grey);
            Blend(canvas.V.Slice(at, width), text, Grey, Grey);
        }
    }

    /// <summary>Half way to <paramref name="behind"/>, then to <paramref name="front"/> as far as there is text.</summary>
    private static void Blend(Span<byte> row, ReadOnlySpan<byte> text, byte behind, byte front)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var under = (row[i] + behind) >> 1;
            row[i] = (byte)(under + (((front - under) * (text[i] + (text[i] >> 7))) >> 8));
        }
    }

    private static (int First, int Last) FindText(in PictureView painted)
    {
        var (first, last) = (painted.Width, -1);
        for (var y = 0; y < painted.Height; y++)
        {
            var row = painted.Y.Slice(y * painted.YStride, painted.Width);
            var begin = row.IndexOfAnyInRange(LeastText, byte.MaxValue);
            if (begin >= 0)
            {
                first = Math.Min(first, begin);
                last = Math.Max(last, row.LastIndexOfAnyInRange(LeastText, byte.MaxValue));
            }
        }

        return (first, last);
    }
}
