namespace MediaRelay.Mixing.Codecs;

/// <summary>What a codec put out, mapped for reading. Dispose gives the memory back.</summary>
internal sealed unsafe class CodecBuffer : IDisposable
{
    private readonly nint _buffer;
    private Gst.MapInfo _map;
    private bool _disposed;

    private CodecBuffer(nint buffer, Gst.MapInfo map)
    {
        _buffer = buffer;
        _map = map;
    }

    /// <summary>Presentation time in ns, as it was pushed.</summary>
    public ulong Timestamp => *(ulong*)(_buffer + Gst.BufferPtsOffset);

    public bool IsKeyFrame => (*(uint*)(_buffer + Gst.MiniObjectFlagsOffset) & Gst.BufferDeltaUnit) == 0;

    /// <summary>Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new ReadOnlySpan<byte>(_map.Data, (int)_map.Size);
        }
    }

    /// <summary>Takes over <paramref name="buffer"/>.</summary>
    /// <exception cref="CodecException">The memory cannot be read.</exception>
    public static CodecBuffer Take(nint buffer)
    {
        Gst.MapInfo map;
        if (Gst.BufferMap(buffer, &map, Gst.MapRead) == 0)
        {
            Gst.MiniObjectUnref(buffer);
            throw new CodecException("a buffer of the codec cannot be mapped");
        }

        return new CodecBuffer(buffer, map);
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
}
