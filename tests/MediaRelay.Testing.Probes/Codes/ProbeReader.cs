using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;

namespace MediaRelay.Testing.Probes.Codes;

/// <summary>Reads codes and brightness from decoded pictures.</summary>
internal static class ProbeReader
{
    // Black blocks are written as 16 and white ones as 235; what coding leaves of that is more than half.
    private const int LeastContrast = 80;

    // Every eighth pixel each way: a tile of a sixteenth of the picture still gives 200 samples.
    private const int LumaStep = 8;

    /// <summary>Reads the code of a source whose pictures are shown at <paramref name="placement"/>; false when none is there.</summary>
    public static bool TryRead(PictureView picture, ProbeGrid grid, ProbePlacement placement, [NotNullWhen(true)] out ProbeCode? code)
    {
        code = null;
        Span<byte> levels = stackalloc byte[ProbeCode.Bits];
        byte darkest = byte.MaxValue, brightest = 0;
        for (var bit = 0; bit < ProbeCode.Bits; bit++)
        {
            var (x, y) = grid.Of(bit);

            // The middle half of the block: its edges are blurred.
            if (!TryMean(
                picture,
                placement.X + (placement.Scale * (x + (grid.Block / 4.0))),
                placement.Y + (placement.Scale * (y + (grid.Block / 4.0))),
                placement.Scale * grid.Block / 2,
                out levels[bit]))
            {
                return false;
            }

            darkest = Math.Min(darkest, levels[bit]);
            brightest = Math.Max(brightest, levels[bit]);
        }

        if (brightest - darkest < LeastContrast)
        {
            return false;
        }

        var threshold = (brightest + darkest) / 2;
        ulong bits = 0;
        foreach (var level in levels)
        {
            bits = (bits << 1) | (level > threshold ? 1ul : 0);
        }

        return ProbeCode.TryFromBits(bits, out code);
    }

    /// <summary>Mean brightness (16 black – 235 white) of a part of the picture.</summary>
    public static double MeanLuma(PictureView picture, PixelRect area)
    {
        long sum = 0;
        var count = 0;
        for (var y = area.Y; y < Math.Min(area.Bottom, picture.Height); y += LumaStep)
        {
            for (var x = area.X; x < Math.Min(area.Right, picture.Width); x += LumaStep, count++)
            {
                sum += picture.Y[(y * picture.YStride) + x];
            }
        }

        return count == 0 ? 0 : (double)sum / count;
    }

    // A square of whole pixels, one at least.
    private static bool TryMean(PictureView picture, double left, double top, double side, out byte mean)
    {
        mean = 0;
        var (x, y, length) = ((int)Math.Round(left), (int)Math.Round(top), Math.Max(1, (int)Math.Round(side)));
        if (x < 0 || y < 0 || x + length > picture.Width || y + length > picture.Height)
        {
            return false;
        }

        var sum = 0;
        for (var row = y; row < y + length; row++)
        {
            foreach (var sample in picture.Y.Slice((row * picture.YStride) + x, length))
            {
                sum += sample;
            }
        }

        mean = (byte)(sum / (length * length));
        return true;
    }
}
