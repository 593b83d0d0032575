namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// Walks the elements of a header extension in the one-byte or two-byte form of RFC 8285 §4.2 and §4.3; any other
/// profile has no elements. An element that passes the end of the block ends the walk.
/// <code>
///  one byte: |  ID   |  len  | len+1 bytes …      two bytes: |     ID        |     len       | len bytes …
/// </code>
/// </summary>
public ref struct RtpExtensionReader
{
    internal const ushort OneByteProfile = 0xBEDE;
    internal const ushort TwoByteProfile = 0x1000;

    // RFC 8285 §4.2: id 15 is reserved; whatever follows it is not to be read.
    private const int OneByteStop = 15;

    private readonly bool _isTwoByte;
    private ReadOnlySpan<byte> _rest;

    internal RtpExtensionReader(ushort profile, ReadOnlySpan<byte> block)
    {
        // RFC 8285 §4.3: the low four bits of the two-byte profile are the application's.
        _isTwoByte = (profile & 0xFFF0) == TwoByteProfile;
        _rest = _isTwoByte || profile == OneByteProfile ? block : default;
    }

    public bool TryReadNext(out int id, out ReadOnlySpan<byte> value)
    {
        // A byte of zero is padding, in both forms and between any two elements.
        var start = _rest.IndexOfAnyExcept((byte)0);
        if (start >= 0)
        {
            _rest = _rest[start..];
            var headerLength = _isTwoByte ? 2 : 1;
            if (_rest.Length >= headerLength)
            {
                id = _isTwoByte ? _rest[0] : _rest[0] >> 4;
                var length = _isTwoByte ? _rest[1] : (_rest[0] & 0x0F) + 1;

                // In the one-byte form id 0 with a length is an error after which nothing is to be read (§4.2).
                var isStop = !_isTwoByte && id is 0 or OneByteStop;
                if (!isStop && _rest.Length - headerLength >= length)
                {
                    value = _rest.Slice(headerLength, length);
                    _rest = _rest[(headerLength + length)..];
                    return true;
                }
            }
        }

        _rest = default;
        id = 0;
        value = default;
        return false;
    }
}
