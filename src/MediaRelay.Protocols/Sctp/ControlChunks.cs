using System.Buffers.Binary;
using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Encoded control chunks that wait for the next packet: answers to what the peer sent. Bounded to one packet buffer, which is
/// rented only while there are some; a peer that asks for more gets no answer to the rest.
/// </summary>
internal sealed class ControlChunks(PacketPool pool, int maxChunk)
{
    private PacketBuffer? _buffer;
    private int _start;
    private int _end;

    public bool IsEmpty => _buffer is null;

    /// <summary>Queues a chunk with room for a value; false when the bound is reached or it would not fit into a packet.</summary>
    public bool TryAdd(SctpChunkType type, byte flags, int valueLength, out Span<byte> value)
    {
        var length = SctpChunk.HeaderLength + valueLength;
        var padded = (length + 3) & ~3;
        value = default;
        if (padded > maxChunk || _end + padded > PacketBuffer.MaxLength)
        {
            return false;
        }

        _buffer ??= pool.Rent();
        var chunk = _buffer.Space.Slice(_end, padded);
        chunk.Clear();
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)length);
        value = chunk[SctpChunk.HeaderLength..length];
        _end += padded;
        return true;
    }

    /// <summary>Queues an ERROR with one cause (RFC 9260 §3.3.10).</summary>
    public bool TryAddError(SctpErrorCause cause, ReadOnlySpan<byte> information)
    {
        var length = SctpParameterReader.HeaderLength + information.Length;
        if (!TryAdd(SctpChunkType.Error, flags: 0, length, out var value))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)cause);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)length);
        information.CopyTo(value[SctpParameterReader.HeaderLength..]);
        return true;
    }

    /// <summary>Moves as many chunks into the packet as fit.</summary>
    public void Write(ref SctpPacketWriter writer)
    {
        while (_buffer is { } buffer)
        {
            var rest = buffer.Space[_start.._end];
            var padded = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 3) & ~3;
            if (!writer.TryAddEncoded(rest[..padded]))
            {
                return;
            }

            _start += padded;
            if (_start == _end)
            {
                Clear();
            }
        }
    }

    public void Clear()
    {
        _buffer?.Dispose();
        _buffer = null;
        _start = 0;
        _end = 0;
    }
}
