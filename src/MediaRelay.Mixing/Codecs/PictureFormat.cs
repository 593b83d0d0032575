using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>Size and memory layout of the pictures that a decoder gives; read from its caps.</summary>
internal readonly record struct PictureFormat(int Width, int Height)
{
    // 4096 × 2304: what a host may send at most. Beyond it a hostile stream would cost hundreds of megabytes a picture.
    private const int MaxWidth = 4096;
    private const int MaxPixels = 4096 * 2304;

    /// <summary>Luma and chroma are 0–255, not 16–235 and 16–240 (GST_VIDEO_COLOR_RANGE_0_255).</summary>
    public bool IsFullRange { get; init; }

    public int LumaStride => (Width + 3) & ~3;

    public int ChromaStride => (((Width + 1) / 2) + 3) & ~3;

    private int EvenHeight => (Height + 1) & ~1;

    public int UOffset => LumaStride * EvenHeight;

    public int VOffset => UOffset + (ChromaStride * EvenHeight / 2);

    /// <summary>Reads video/x-raw caps; false when the format is not I420 or the size out of bounds.</summary>
    public static unsafe bool TryRead(nint structure, out PictureFormat format)
    {
        format = default;
        if (Gst.StructureGetInt(structure, "width", out var width) == 0 || Gst.StructureGetInt(structure, "height", out var height) == 0)
        {
            return false;
        }

        var name = Marshal.PtrToStringUTF8((nint)Gst.StructureGetString(structure, "format"));
        if (name != "I420" || width is < 2 or > MaxWidth || height is < 2 or > MaxWidth || width * height > MaxPixels)
        {
            return false;
        }

        // "range:matrix:transfer:primaries" in numbers, or a name like "bt709", which all stand for the limited range.
        var colorimetry = Marshal.PtrToStringUTF8((nint)Gst.StructureGetString(structure, "colorimetry"));
        format = new PictureFormat(width, height) { IsFullRange = colorimetry?.StartsWith("1:", StringComparison.Ordinal) == true };
        return true;
    }
}
