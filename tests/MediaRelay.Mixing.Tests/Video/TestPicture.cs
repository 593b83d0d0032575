using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Tests.Video;

/// <summary>
/// An I420 picture in managed memory, with rows a little longer than the picture, as decoders have them.
/// </summary>
internal sealed class TestPicture
{
    private const int RowPadding = 6;

    private readonly byte[] _y;
    private readonly byte[] _u;
    private readonly byte[] _v;
    private readonly int _width;
    private readonly int _height;

    private TestPicture(int width, int height)
    {
        (_width, _height) = (width, height);
        _y = new byte[Stride * height];
        _u = new byte[ChromaStride * ((height + 1) / 2)];
        _v = new byte[ChromaStride * ((height + 1) / 2)];
    }

    public PictureView View => new(_width, _height, _y, Stride, _u, ChromaStride, _v, ChromaStride);

    public PictureView FullRangeView => new(_width, _height, _y, Stride, _u, ChromaStride, _v, ChromaStride) { IsFullRange = true };

    private int Stride => _width + RowPadding;

    private int ChromaWidth => (_width + 1) / 2;

    private int ChromaStride => ChromaWidth + RowPadding;

    public static TestPicture Random(int width, int height, int seed)
    {
        var picture = new TestPicture(width, height);
        var random = new Random(seed);
        random.NextBytes(picture._y);
        random.NextBytes(picture._u);
        random.NextBytes(picture._v);
        return picture;
    }

    public static TestPicture Plain(int width, int height, byte luma)
    {
        var picture = new TestPicture(width, height);
        picture.FillLuma(0, 0, width, height, luma);
        picture._u.AsSpan().Fill(128);
        picture._v.AsSpan().Fill(128);
        return picture;
    }

    public byte[] Row(int y) => _y.AsSpan(y * Stride, _width).ToArray();

    public byte[] URow(int y) => _u.AsSpan(y * ChromaStride, ChromaWidth).ToArray();

    public byte[] VRow(int y) => _v.AsSpan(y * ChromaStride, ChromaWidth).ToArray();

    public void FillLuma(int x, int y, int width, int height, byte luma)
    {
        for (var row = y; row < y + height; row++)
        {
            _y.AsSpan((row * Stride) + x, width).Fill(luma);
        }
    }
}
