using MediaRelay.Mixing.Video;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// A picture in the decoder's own memory, mapped for reading; nothing is copied. Disposing gives the memory back to the
/// decoder's pool, from any thread, also after the decoder is gone.
/// </summary>
internal sealed unsafe class DecodedPicture : IDisposable
{
    private readonly nint _buffer;
    private readonly byte* _y;
    private readonly byte* _u;
    private readonly byte* _v;
    private readonly int _yStride;
    private readonly int _uStride;
    private readonly int _vStride;
    private readonly bool _isFullRange;
    private Gst.MapInfo _map;
    private bool _disposed;

    private DecodedPicture(nint buffer, PictureFormat format, Gst.MapInfo map)
    {
        _buffer = buffer;
        _map = map;
        Width = format.Width;
        Height = format.Height;
        _isFullRange = format.IsFullRange;
        Timestamp = *(ulong*)(buffer + Gst.BufferPtsOffset);
        var meta = Gst.BufferGetVideoMeta(buffer);
        if (meta is not null && meta->Planes == 3)
        {
            _y = map.Data + meta->Offset[0];
            _u = map.Data + meta->Offset[1];
            _v = map.Data + meta->Offset[2];
            (_yStride, _uStride, _vStride) = (meta->Stride[0], meta->Stride[1], meta->Stride[2]);
            return;
        }

        _y = map.Data;
        _u = map.Data + format.UOffset;
        _v = map.Data + format.VOffset;
        (_yStride, _uStride, _vStride) = (format.LumaStride, format.ChromaStride, format.ChromaStride);
    }

    /// <summary>As it was given to the decoder with the access unit, in ns.</summary>
    public ulong Timestamp { get; }

    public int Width { get; }

    public int Height { get; }

    private int ChromaWidth => (Width + 1) / 2;

    private int ChromaHeight => (Height + 1) / 2;

    /// <summary>
    /// Takes over <paramref name="buffer"/>; null when it cannot be read or is smaller than its format needs.
    /// </summary>
    public static DecodedPicture? TryTake(nint buffer, PictureFormat format)
    {
        Gst.MapInfo map;
        if (Gst.BufferMap(buffer, &map, Gst.MapRead) == 0)
        {
            Gst.MiniObjectUnref(buffer);
            return null;
        }

        var picture = new DecodedPicture(buffer, format, map);
        if (picture.Fits())
        {
            return picture;
        }

        picture.Dispose();
        return null;
    }

    /// <summary>The planes; valid until <see cref="Dispose"/>.</summary>
    public PictureView View
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new PictureView(
                Width,
                Height,
                new ReadOnlySpan<byte>(_y, Size(_yStride, Width, Height)),
                _yStride,
                new ReadOnlySpan<byte>(_u, Size(_uStride, ChromaWidth, ChromaHeight)),
                _uStride,
                new ReadOnlySpan<byte>(_v, Size(_vStride, ChromaWidth, ChromaHeight)),
                _vStride)
            {
                IsFullRange = _isFullRange,
            };
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        fixed (Gst.MapInfo* map = &_map)
        {
            Gst.BufferUnmap(_buffer, map);
        }

        Gst.MiniObjectUnref(_buffer);
    }

    private static int Size(int stride, int width, int height) => (stride * (height - 1)) + width;

    private bool Fits()
    {
        var end = _map.Data + _map.Size;
        return _yStride >= Width && _uStride >= ChromaWidth && _vStride >= ChromaWidth
            && _y + Size(_yStride, Width, Height) <= end
            && _u + Size(_uStride, ChromaWidth, ChromaHeight) <= end
            && _v + Size(_vStride, ChromaWidth, ChromaHeight) <= end;
    }
}
