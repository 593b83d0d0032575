using System.Runtime.Intrinsics;

namespace MediaRelay.Mixing.Video;

/// <summary>Halves a plane of 8-bit samples: means of two neighbours, or of each square of four.</summary>
internal static class PlaneHalver
{
    /// <summary>
    /// Halves <paramref name="width"/> × <paramref name="height"/> samples along rows (<paramref name="columns"/>), down columns
    /// (<paramref name="rows"/>) or both; an odd last column or row is left out.
    /// </summary>
    public static void Halve(
        ReadOnlySpan<byte> source, int stride, int width, int height, bool columns, bool rows, Span<byte> target, int targetStride)
    {
        var (stepX, stepY) = (columns ? 2 : 1, rows ? 2 : 1);
        for (var y = 0; y < height / stepY; y++)
        {
            var upper = source.Slice(stepY * y * stride, width);
            var lower = source.Slice(((stepY * y) + stepY - 1) * stride, width);
            var row = target.Slice(y * targetStride, width / stepX);
            if (columns)
            {
                HalveRows(upper, lower, row);
            }
            else
            {
                RowBlender.Blend(upper, lower, share: 128, row);
            }
        }
    }

    private static void HalveRows(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<byte> target)
    {
        var x = 0;
        for (; Vector256.IsHardwareAccelerated && x + Vector256<byte>.Count <= target.Length; x += Vector256<byte>.Count)
        {
            Vector256.Narrow(Mean(upper, lower, 2 * x), Mean(upper, lower, (2 * x) + Vector256<byte>.Count)).CopyTo(target[x..]);
        }

        for (; x < target.Length; x++)
        {
            target[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
        }
    }

    // Even samples are the low, odd ones the high bytes of 16-bit lanes.
    private static Vector256<ushort> Mean(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, int at)
    {
        var mask = Vector256.Create((ushort)0x00FF);
        var a = Vector256.Create(upper[at..]).AsUInt16();
        var b = Vector256.Create(lower[at..]).AsUInt16();
        return ((a & mask) + (a >>> 8) + (b & mask) + (b >>> 8) + Vector256.Create((ushort)2)) >>> 2;
    }
}
