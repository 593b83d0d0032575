using System.Buffers.Binary;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What a simulated payload says about itself, in its last bytes: enough to tell from a viewer's copy alone what it is.</summary>
/// <param name="Source">Who sent it: a host's session, a mix or the slate.</param>
/// <param name="Encoding">Which stream of the source; another one after a restart.</param>
/// <param name="Sequence">The sender's own number, never wrapping.</param>
/// <param name="Picture">Counts the encoding's pictures; of sound, the packets.</param>
/// <param name="Index">The packet's place in its picture.</param>
/// <param name="Count">How many packets the picture has.</param>
/// <param name="CapturedMs">When it was captured, in milliseconds of virtual time.</param>
internal readonly record struct Mark(
    byte Source, byte Encoding, long Sequence, int Picture, ushort Index, ushort Count, bool IsKeyFrame, long CapturedMs)
{
    public const int Length = 28;

    /// <summary>The slate's number as a source; its packets have no numbers of their own.</summary>
    public const byte Slate = 255;

    private const byte Magic = 0xA7;

    public bool IsSlate => Source == Slate;

    public (byte Source, byte Encoding) Stream => (Source, Encoding);

    public static bool TryRead(ReadOnlySpan<byte> payload, out Mark mark)
    {
        if (payload.Length < Length || payload[^1] != Magic)
        {
            mark = default;
            return false;
        }

        var data = payload[^Length..];
        mark = new Mark(
            data[0], data[1], BinaryPrimitives.ReadInt64BigEndian(data[2..]), BinaryPrimitives.ReadInt32BigEndian(data[10..]),
            BinaryPrimitives.ReadUInt16BigEndian(data[14..]), BinaryPrimitives.ReadUInt16BigEndian(data[16..]), data[18] != 0,
            BinaryPrimitives.ReadInt64BigEndian(data[19..]));
        return true;
    }

    /// <summary>Writes into the last bytes of the payload.</summary>
    public void Write(Span<byte> payload)
    {
        var data = payload[^Length..];
        data[0] = Source;
        data[1] = Encoding;
        BinaryPrimitives.WriteInt64BigEndian(data[2..], Sequence);
        BinaryPrimitives.WriteInt32BigEndian(data[10..], Picture);
        BinaryPrimitives.WriteUInt16BigEndian(data[14..], Index);
        BinaryPrimitives.WriteUInt16BigEndian(data[16..], Count);
        data[18] = IsKeyFrame ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(data[19..], CapturedMs);
        data[27] = Magic;
    }

    public override string ToString() =>
        $"source {Source}.{Encoding} number {Sequence} picture {Picture} packet {Index}/{Count}{(IsKeyFrame ? " key" : "")}";
}
