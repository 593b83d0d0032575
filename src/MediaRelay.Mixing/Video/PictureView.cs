namespace MediaRelay.Mixing.Video;

/// <summary>
/// A picture in I420 (8-bit luma, then both chroma planes at half width and height), borrowed. Planes begin at their
/// first sample; a stride is the distance between rows in bytes.
/// </summary>
public readonly ref struct PictureView
{
    public PictureView(
        int width, int height, ReadOnlySpan<byte> y, int yStride, ReadOnlySpan<byte> u, int uStride, ReadOnlySpan<byte> v, int vStride)
    {
        Width = width;
        Height = height;
        Y = y;
        U = u;
        V = v;
        YStride = yStride;
        UStride = uStride;
        VStride = vStride;
    }

    public int Width { get; }

    public int Height { get; }

    public ReadOnlySpan<byte> Y { get; }

    public ReadOnlySpan<byte> U { get; }

    public ReadOnlySpan<byte> V { get; }

    public int YStride { get; }

    public int UStride { get; }

    public int VStride { get; }

    /// <summary>Luma and chroma are 0–255, as some cameras have it, instead of 16–235 and 16–240.</summary>
    public bool IsFullRange { get; init; }
}
