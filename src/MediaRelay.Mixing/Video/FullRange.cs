using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Video;

/// <summary>
/// Pictures whose samples use all 256 values, in a mix that is in the limited range (ITU-R BT.709 §4: luma 16–235, chroma 16–240) like
/// every other video: shown as they are, blacks would be crushed and whites burnt out.
/// </summary>
internal static class FullRange
{
    private static readonly byte[] Luma = Table(offset: 0, target: 16, scale: 219);
    private static readonly byte[] Chroma = Table(offset: 128, target: 128, scale: 224);

    /// <summary>Brings what was drawn to <paramref name="area"/> into the limited range.</summary>
    public static void ToLimited(CanvasPicture canvas, PixelRect area)
    {
        Map(canvas.Y, canvas.Width, area.X, area.Y, area.Width, area.Height, Luma);
        foreach (var isV in (ReadOnlySpan<bool>)[false, true])
        {
            Map(isV ? canvas.V : canvas.U, canvas.Width / 2, area.X / 2, area.Y / 2, area.Width / 2, area.Height / 2, Chroma);
        }
    }

    private static byte[] Table(int offset, int target, int scale)
    {
        var table = new byte[256];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (byte)Math.Round(target + ((i - offset) * scale / 255.0));
        }

        return table;
    }

    private static void Map(Span<byte> plane, int stride, int x, int y, int width, int height, byte[] table)
    {
        for (var row = y; row < y + height; row++)
        {
            foreach (ref var sample in plane.Slice((row * stride) + x, width))
            {
                sample = table[sample];
            }
        }
    }
}
