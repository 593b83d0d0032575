using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// DATA (RFC 9260 §3.3.1).
/// <code>
/// |   Type = 0    |  Res  |I|U|B|E|           Length              |
/// |                              TSN                              |
/// |      Stream Identifier S      |   Stream Sequence Number n    |
/// |                  Payload Protocol Identifier                  |
/// \                 User Data (seq n of Stream S)                 \
/// </code>
/// </summary>
internal readonly ref struct DataChunk
{
    /// <summary>The fields in front of the user data, without the chunk header.</summary>
    public const int FixedLength = 12;

    /// <summary>What a DATA chunk costs beside its user data.</summary>
    public const int Overhead = SctpChunk.HeaderLength + FixedLength;

    public const byte EndFlag = 1;
    public const byte BeginFlag = 2;
    public const byte UnorderedFlag = 4;

    /// <summary>Asks for a SACK without delay (§4 of RFC 7053, now part of RFC 9260).</summary>
    public const byte ImmediateFlag = 8;

    private readonly SctpChunk _chunk;

    private DataChunk(SctpChunk chunk) => _chunk = chunk;

    public bool IsEnd => (_chunk.Flags & EndFlag) != 0;

    public bool IsBegin => (_chunk.Flags & BeginFlag) != 0;

    public bool IsUnordered => (_chunk.Flags & UnorderedFlag) != 0;

    public bool IsImmediate => (_chunk.Flags & ImmediateFlag) != 0;

    public Tsn Tsn => new(BinaryPrimitives.ReadUInt32BigEndian(_chunk.Value));

    public ushort Stream => BinaryPrimitives.ReadUInt16BigEndian(_chunk.Value[4..]);

    public ushort StreamSequence => BinaryPrimitives.ReadUInt16BigEndian(_chunk.Value[6..]);

    public uint PayloadProtocol => BinaryPrimitives.ReadUInt32BigEndian(_chunk.Value[8..]);

    /// <summary>May be empty, which the RFC forbids.</summary>
    public ReadOnlySpan<byte> UserData => _chunk.Value[FixedLength..];

    public static bool TryParse(SctpChunk chunk, out DataChunk data)
    {
        data = new DataChunk(chunk);
        return chunk.Value.Length >= FixedLength;
    }

    /// <summary>Adds a DATA chunk; the caller fills <paramref name="userData"/>. False when it does not fit.</summary>
    public static bool TryWrite(
        ref SctpPacketWriter writer,
        byte flags,
        Tsn tsn,
        ushort stream,
        ushort streamSequence,
        uint payloadProtocol,
        int length,
        out Span<byte> userData)
    {
        if (!writer.TryAddChunk(SctpChunkType.Data, flags, FixedLength + length, out var value))
        {
            userData = default;
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(value, tsn.Value);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], streamSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], payloadProtocol);
        userData = value[FixedLength..];
        return true;
    }
}
