namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Walks the NAL units of a byte stream (ITU-T H.264 Annex B): start codes of three or four bytes, trailing zeros left
/// out. What precedes the first start code is no NAL unit.
/// </summary>
public ref struct AnnexBReader
{
    private readonly ReadOnlySpan<byte> _stream;
    private int _position;

    public AnnexBReader(ReadOnlySpan<byte> stream)
    {
        _stream = stream;
        _position = FindStartCode(stream, 0, out var length) + length;
    }

    /// <summary>The next NAL unit, header byte first; empty ones are passed over.</summary>
    public bool TryReadNext(out ReadOnlySpan<byte> nalUnit)
    {
        var found = TryReadNext(out var start, out var length);
        nalUnit = _stream.Slice(start, length);
        return found;
    }

    internal bool TryReadNext(out int start, out int length)
    {
        while (_position < _stream.Length)
        {
            start = _position;
            var end = FindStartCode(_stream, _position, out var codeLength);
            _position = end + codeLength;

            // trailing_zero_8bits, and the first zero of a four-byte start code.
            length = _stream[start..end].TrimEnd((byte)0).Length;
            if (length > 0)
            {
                return true;
            }
        }

        start = 0;
        length = 0;
        return false;
    }

    // The index of the next 00 00 01, or the stream's end.
    private static int FindStartCode(ReadOnlySpan<byte> stream, int from, out int length)
    {
        var index = stream[from..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        length = index < 0 ? 0 : 3;
        return index < 0 ? stream.Length : from + index;
    }
}
