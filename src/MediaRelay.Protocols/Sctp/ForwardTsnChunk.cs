using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// FORWARD-TSN (RFC 3758 §3.2): the sender gives up everything up to a TSN.
/// <code>
/// |   Type = 192  |  Flags = 0x00 |        Length = Variable      |
/// |                      New Cumulative TSN                       |
/// |         Stream-1              |       Stream Sequence-1       |  for each stream with ordered messages among them
/// </code>
/// </summary>
internal readonly ref struct ForwardTsnChunk
{
    public const int FixedLength = 4;
    public const int EntryLength = 4;

    private readonly ReadOnlySpan<byte> _value;

    private ForwardTsnChunk(ReadOnlySpan<byte> value) => _value = value;

    public Tsn NewCumulativeTsn => new(BinaryPrimitives.ReadUInt32BigEndian(_value));

    public int EntryCount => (_value.Length - FixedLength) / EntryLength;

    public static bool TryParse(SctpChunk chunk, out ForwardTsnChunk forward)
    {
        forward = new ForwardTsnChunk(chunk.Value);
        return chunk.Value.Length >= FixedLength && chunk.Value.Length % EntryLength == 0;
    }

    /// <summary>A stream, and the last sequence number that it will never see.</summary>
    public SkippedStream Entry(int index)
    {
        var entry = _value[(FixedLength + (index * EntryLength))..];
        return new SkippedStream(BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[2..]));
    }

    public static bool TryWrite(ref SctpPacketWriter writer, Tsn newCumulative, scoped ReadOnlySpan<SkippedStream> streams)
    {
        var length = FixedLength + (streams.Length * EntryLength);
        if (!writer.TryAddChunk(SctpChunkType.ForwardTsn, flags: 0, length, out var value))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(value, newCumulative.Value);
        for (var i = 0; i < streams.Length; i++)
        {
            var entry = value[(FixedLength + (i * EntryLength))..];
            BinaryPrimitives.WriteUInt16BigEndian(entry, streams[i].Stream);
            BinaryPrimitives.WriteUInt16BigEndian(entry[2..], streams[i].StreamSequence);
        }

        return true;
    }
}
