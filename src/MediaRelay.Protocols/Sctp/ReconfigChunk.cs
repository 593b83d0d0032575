using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// RE-CONFIG (RFC 6525 §3.1) and the parameters of it that are used.
/// <code>
/// Outgoing SSN Reset Request (§4.1)               Re-configuration Response (§4.4)
/// |     Parameter Type = 13 | Length = 16 + 2 * N |     |      Parameter Type = 16      |      Parameter Length |
/// |           Re-configuration Request Sequence Number   |         Re-configuration Response Sequence Number     |
/// |           Re-configuration Response Sequence Number  |                            Result                     |
/// |                Sender's Last Assigned TSN            |
/// |  Stream Number 1 (optional) | Stream Number 2 (opt.) |
/// </code>
/// </summary>
internal static class ReconfigChunk
{
    private const int ResetRequestLength = 16;
    private const int ResponseLength = 12;

    /// <summary>Reads the sequence number with which every request and response begins.</summary>
    public static bool TryReadSequence(ReadOnlySpan<byte> parameter, out uint sequence) =>
        BinaryPrimitives.TryReadUInt32BigEndian(parameter[SctpParameterReader.HeaderLength..], out sequence);

    /// <summary><paramref name="streams"/> are big-endian stream numbers; none means all.</summary>
    public static bool TryReadOutgoingReset(ReadOnlySpan<byte> parameter, out Tsn lastTsn, out ReadOnlySpan<byte> streams)
    {
        lastTsn = default;
        streams = default;
        if (parameter.Length < ResetRequestLength || parameter.Length % sizeof(ushort) != 0)
        {
            return false;
        }

        lastTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(parameter[12..]));
        streams = parameter[ResetRequestLength..];
        return true;
    }

    /// <summary>Reads how many streams an Add Outgoing Streams Request wants more (RFC 6525 §4.5).</summary>
    public static bool TryReadAddStreams(ReadOnlySpan<byte> parameter, out ushort count) =>
        BinaryPrimitives.TryReadUInt16BigEndian(parameter[Math.Min(8, parameter.Length)..], out count);

    public static bool TryReadResponse(ReadOnlySpan<byte> parameter, out ReconfigResult result)
    {
        result = default;
        if (parameter.Length < ResponseLength)
        {
            return false;
        }

        result = (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(parameter[8..]);
        return true;
    }

    public static bool TryWriteOutgoingReset(
        ref SctpPacketWriter writer,
        uint sequence,
        uint lastPeerSequence,
        Tsn lastTsn,
        scoped ReadOnlySpan<ushort> streams)
    {
        var length = ResetRequestLength + (streams.Length * sizeof(ushort));
        if (!writer.TryAddChunk(SctpChunkType.Reconfig, flags: 0, length, out var value))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)SctpParameterType.OutgoingSsnResetRequest);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], lastPeerSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], lastTsn.Value);
        for (var i = 0; i < streams.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(ResetRequestLength + (i * sizeof(ushort)))..], streams[i]);
        }

        return true;
    }

    public static bool TryQueueResponse(ControlChunks chunks, uint sequence, ReconfigResult result)
    {
        if (!chunks.TryAdd(SctpChunkType.Reconfig, flags: 0, ResponseLength, out var value))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)SctpParameterType.ReconfigResponse);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], ResponseLength);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], (uint)result);
        return true;
    }
}
