using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// SACK (RFC 9260 §3.3.4).
/// <code>
/// |   Type = 3    |  Chunk Flags  |         Chunk Length          |
/// |                      Cumulative TSN Ack                       |
/// |          Advertised Receiver Window Credit (a_rwnd)           |
/// | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
/// |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |  N times, offsets from the Cumulative TSN Ack
/// |                       Duplicate TSN 1                         |  M times
/// </code>
/// </summary>
internal readonly ref struct SackChunk
{
    public const int FixedLength = 12;
    public const int GapBlockLength = 4;
    public const int DuplicateLength = 4;

    private readonly ReadOnlySpan<byte> _value;

    private SackChunk(ReadOnlySpan<byte> value) => _value = value;

    public Tsn CumulativeTsnAck => new(BinaryPrimitives.ReadUInt32BigEndian(_value));

    public uint AdvertisedWindow => BinaryPrimitives.ReadUInt32BigEndian(_value[4..]);

    public int GapBlockCount => BinaryPrimitives.ReadUInt16BigEndian(_value[8..]);

    public int DuplicateCount => BinaryPrimitives.ReadUInt16BigEndian(_value[10..]);

    public static bool TryParse(SctpChunk chunk, out SackChunk sack)
    {
        sack = new SackChunk(chunk.Value);
        return chunk.Value.Length >= FixedLength
            && chunk.Value.Length >= FixedLength + (sack.GapBlockCount * GapBlockLength) + (sack.DuplicateCount * DuplicateLength);
    }

    /// <summary>Offsets of the first and last TSN of a block, counted from the Cumulative TSN Ack.</summary>
    public (int Start, int End) GapBlock(int index)
    {
        var block = _value[(FixedLength + (index * GapBlockLength))..];
        return (BinaryPrimitives.ReadUInt16BigEndian(block), BinaryPrimitives.ReadUInt16BigEndian(block[2..]));
    }

    /// <summary>Adds a SACK with as many gap blocks, then duplicates, as fit. False when not even the fixed part fits.</summary>
    public static bool TryWrite(
        ref SctpPacketWriter writer,
        Tsn cumulative,
        uint window,
        scoped ReadOnlySpan<TsnRange> gaps,
        scoped ReadOnlySpan<Tsn> duplicates)
    {
        var room = writer.Free - SctpChunk.HeaderLength - FixedLength;
        if (room < 0)
        {
            return false;
        }

        gaps = gaps[..Math.Min(gaps.Length, room / GapBlockLength)];
        room -= gaps.Length * GapBlockLength;
        duplicates = duplicates[..Math.Min(duplicates.Length, room / DuplicateLength)];

        var length = FixedLength + (gaps.Length * GapBlockLength) + (duplicates.Length * DuplicateLength);
        if (!writer.TryAddChunk(SctpChunkType.Sack, flags: 0, length, out var value))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], window);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps.Length);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)duplicates.Length);
        value = value[FixedLength..];
        foreach (var gap in gaps)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)(gap.First - cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(gap.Last - cumulative));
            value = value[GapBlockLength..];
        }

        foreach (var duplicate in duplicates)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, duplicate.Value);
            value = value[DuplicateLength..];
        }

        return true;
    }
}
