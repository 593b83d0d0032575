using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>Builds one packet: chunks are added until one does not fit, then <see cref="Complete"/> writes the common header.</summary>
internal ref struct SctpPacketWriter(Span<byte> destination)
{
    // Chunks are padded to four bytes, so a packet's length is a multiple of four.
    private readonly Span<byte> _packet = destination[..(destination.Length & ~3)];
    private int _length = SctpPacket.HeaderLength;

    public readonly bool IsEmpty => _length == SctpPacket.HeaderLength;

    /// <summary>Bytes left for further chunks, their headers and padding included.</summary>
    public readonly int Free => _packet.Length - _length;

    /// <summary>Adds a chunk with room for a value of <paramref name="valueLength"/> bytes; false when it does not fit.</summary>
    public bool TryAddChunk(SctpChunkType type, byte flags, int valueLength, out Span<byte> value)
    {
        var length = SctpChunk.HeaderLength + valueLength;
        var padded = (length + 3) & ~3;
        if (padded > Free)
        {
            value = default;
            return false;
        }

        var chunk = _packet.Slice(_length, padded);
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)length);
        chunk[length..].Clear();
        value = chunk[SctpChunk.HeaderLength..length];
        _length += padded;
        return true;
    }

    /// <summary>Adds chunks that are encoded and padded already; false when they do not fit.</summary>
    public bool TryAddEncoded(scoped ReadOnlySpan<byte> chunks)
    {
        if (chunks.Length > Free)
        {
            return false;
        }

        chunks.CopyTo(_packet[_length..]);
        _length += chunks.Length;
        return true;
    }

    /// <summary>Writes the header and returns the packet's length. Without a checksum the field is zero (RFC 9653 §5.2).</summary>
    public readonly int Complete(ushort sourcePort, ushort destinationPort, uint verificationTag, bool hasChecksum)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(_packet[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(_packet[4..], verificationTag);
        BinaryPrimitives.WriteUInt32LittleEndian(
            _packet[8..],
            hasChecksum ? SctpPacket.ComputeChecksum(_packet[.._length]) : 0);
        return _length;
    }
}
