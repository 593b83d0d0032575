using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Cuts a packet into chunks. A chunk is padded to four bytes, which its length does not count (RFC 9260 §3.2); the padding of the
/// last one may be missing.
/// </summary>
internal ref struct SctpChunkReader(ReadOnlySpan<byte> chunks)
{
    private ReadOnlySpan<byte> _rest = chunks;

    /// <summary>True when reading ended before the end of the packet.</summary>
    public bool IsMalformed { get; private set; }

    public bool IsAtEnd => _rest.IsEmpty;

    public bool TryRead(out SctpChunk chunk)
    {
        chunk = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = _rest.Length >= SctpChunk.HeaderLength ? BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) : 0;
        if (length < SctpChunk.HeaderLength || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        chunk = new SctpChunk(_rest[..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
