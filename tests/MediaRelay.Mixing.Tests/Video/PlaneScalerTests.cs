using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Tests.Video;

public sealed class PlaneScalerTests
{
    [Theory]
    [InlineData(810, 720, 720, 640)] // a landscape camera in half of a portrait canvas
    [InlineData(360, 320, 720, 640)]
    [InlineData(1080, 960, 720, 640)]
    [InlineData(1079, 959, 723, 643)]
    [InlineData(1920, 1080, 640, 360)]
    [InlineData(720, 1280, 202, 358)]
    [InlineData(45, 33, 45, 61)]
    [InlineData(600, 80, 100, 60)] // factors that differ: each direction is shrunk by its own
    public void Scale_SmoothPicture_IsWithinHalfAPercentOfTheExactMean(int width, int height, int targetWidth, int targetHeight)
    {
        var source = Plane(width, height, static (x, y, w, h) => 128 + (60 * Math.Sin(9.0 * x / w)) + (50 * Math.Cos(7.0 * y / h)));
        var scaled = Scale(source, width, height, targetWidth, targetHeight);
        var exact = AreaMeans(source, width, height, targetWidth, targetHeight);

        Assert.InRange(Psnr(scaled, exact), 44, double.PositiveInfinity);
    }

    [Theory]
    [InlineData(720, 480)]
    [InlineData(720, 380)]
    [InlineData(720, 300)]
    [InlineData(720, 101)]
    public void Scale_StripesTooFineForTheResult_BecomeGreyAndNoCoarserStripes(int width, int targetWidth)
    {
        // One column light, one dark: the finest there is, and invisible at any smaller size.
        var source = Plane(width, width, static (x, _, _, _) => x % 2 == 0 ? 228 : 28);
        var scaled = Scale(source, width, width, targetWidth, targetWidth);
        var middle = scaled.AsSpan(targetWidth * (targetWidth / 2), targetWidth)[4..^4];
        var (lowest, highest) = (255, 0);
        foreach (var luma in middle)
        {
            (lowest, highest) = (Math.Min(lowest, luma), Math.Max(highest, luma));
        }

        // Of 200 levels.
        Assert.InRange(highest - lowest, 0, 50);
    }

    [Fact]
    public void Scale_AnySizes_AgreesWithAPlainLoopOverItsTaps()
    {
        var random = new Random(11);
        for (var round = 0; round < 150; round++)
        {
            var (width, height) = (random.Next(1, 140), random.Next(1, 90));
            var (targetWidth, targetHeight) = (random.Next((width + 1) / 2, (width * 3) + 2), random.Next((height + 1) / 2, (height * 3) + 2));
            if (2 * targetWidth <= width || 2 * targetHeight <= height)
            {
                continue;
            }

            var source = new byte[width * height];
            random.NextBytes(source);
            var scaled = Scale(source, width, height, targetWidth, targetHeight);
            var columns = new ScaleTaps(0, width, width, targetWidth, 1 << 14);
            var rows = new ScaleTaps(0, height, height, targetHeight, 256);
            for (var y = 0; y < targetHeight; y++)
            {
                for (var x = 0; x < targetWidth; x++)
                {
                    var expected = Sum(source, width, height, columns, rows, x, y);
                    Assert.True(
                        Math.Abs(scaled[(y * targetWidth) + x] - expected) <= 1.01,
                        $"{width}x{height} to {targetWidth}x{targetHeight} at {x},{y}: {scaled[(y * targetWidth) + x]}, not {expected:F2}");
                }
            }
        }
    }

    [Fact]
    public void Scale_PartOfAPlane_ReadsNothingBesideItAndWritesNothingBesideTheResult()
    {
        // The part is plain; everything around it would show.
        var source = new byte[100 * 60];
        source.AsSpan().Fill(255);
        for (var y = 10; y < 50; y++)
        {
            source.AsSpan((y * 100) + 20, 60).Fill(90);
        }

        foreach (var (width, height) in new[] { (50, 33), (60, 40), (91, 61), (30, 20), (7, 5) })
        {
            var target = new byte[(width + 9) * height];
            new PlaneScaler(20, 10, 60, 40, width, height).Scale(source, 100, target, width + 9);
            for (var y = 0; y < height; y++)
            {
                Assert.Equal(-1, target.AsSpan(y * (width + 9), width).IndexOfAnyExcept((byte)90));
                Assert.Equal(-1, target.AsSpan((y * (width + 9)) + width, 9).IndexOfAnyExcept((byte)0));
            }
        }
    }

    [Fact]
    public void Scale_ChromaOfHalfThePicture_StaysBesideItsLuma()
    {
        // An edge at luma column 480 of 960; chroma samples lie at every other luma column. Halved, it is at luma column 240.
        var source = Plane(480, 4, static (x, _, _, _) => x < 240 ? 40 : 200);
        var target = new byte[240 * 2];
        new PlaneScaler(0, 0, 480, 4, 240, 2, shift: -0.25).Scale(source, 480, target, 240);

        // Result sample 119 lies at source sample 238 and its share of the bright ones is an eighth at most; with chroma seen in the
        // middle of its columns there would be none at all on one side and as much on the other.
        Assert.InRange(target[119], 40, 75);
        Assert.InRange(target[120], 140, 200);
    }

    private static byte[] Plane(int width, int height, Func<int, int, int, int, double> value)
    {
        var plane = new byte[width * height];
        for (var i = 0; i < plane.Length; i++)
        {
            plane[i] = (byte)Math.Round(Math.Clamp(value(i % width, i / width, width, height), 0, 255));
        }

        return plane;
    }

    private static byte[] Scale(byte[] source, int width, int height, int targetWidth, int targetHeight)
    {
        var target = new byte[targetWidth * targetHeight];
        new PlaneScaler(0, 0, width, height, targetWidth, targetHeight).Scale(source, width, target, targetWidth);
        return target;
    }

    private static double Sum(byte[] source, int width, int height, ScaleTaps columns, ScaleTaps rows, int x, int y)
    {
        var sum = 0.0;
        for (var i = 0; i < ScaleTaps.Count; i++)
        {
            for (var j = 0; j < ScaleTaps.Count; j++)
            {
                var (column, row) = (Math.Min(columns.First[x] + i, width - 1), Math.Min(rows.First[y] + j, height - 1));
                sum += source[(row * width) + column] * (columns.WeightsOf(x)[i] / 16384.0) * (rows.WeightsOf(y)[j] / 256.0);
            }
        }

        return sum;
    }

    // Slow and exact: each result is the mean of the source over its own area, with the source taken as linear between its samples.
    private static double[] AreaMeans(byte[] source, int width, int height, int targetWidth, int targetHeight)
    {
        const int Steps = 8;
        var result = new double[targetWidth * targetHeight];
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0.0;
            for (var step = 0; step < Steps * Steps; step++)
            {
                var x = (((i % targetWidth) + (((step % Steps) + 0.5) / Steps)) * width / targetWidth) - 0.5;
                var y = (((i / targetWidth) + (((step / Steps) + 0.5) / Steps)) * height / targetHeight) - 0.5;
                sum += Linear(source, width, height, Math.Clamp(x, 0, width - 1), Math.Clamp(y, 0, height - 1));
            }

            result[i] = sum / (Steps * Steps);
        }

        return result;
    }

    private static double Linear(byte[] source, int width, int height, double x, double y)
    {
        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, width - 1), Math.Min(top + 1, height - 1));
        var upper = (source[(top * width) + left] * (left + 1 - x)) + (source[(top * width) + right] * (x - left));
        var lower = (source[(bottom * width) + left] * (left + 1 - x)) + (source[(bottom * width) + right] * (x - left));
        return (upper * (top + 1 - y)) + (lower * (y - top));
    }

    private static double Psnr(byte[] scaled, double[] exact)
    {
        var squares = 0.0;
        for (var i = 0; i < scaled.Length; i++)
        {
            squares += (scaled[i] - exact[i]) * (scaled[i] - exact[i]);
        }

        return 10 * Math.Log10(255 * 255 / Math.Max(1e-9, squares / scaled.Length));
    }
}
