using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Microbenchmarks.Rtp;

/// <summary>Packets as they come: one of a picture at 1.5 Mbit/s and one of Opus, with the extensions that browsers send.</summary>
internal static class SamplePackets
{
    public const int VideoPayloadLength = 1_100;
    public const int AudioPayloadLength = 120;

    /// <summary>With mid (one-byte form, id 1).</summary>
    public static byte[] Create(int payloadLength, ushort number = 1_000)
    {
        Span<byte> scratch = stackalloc byte[32];
        var extensions = new RtpExtensionsBuilder(scratch);
        extensions.Add(1, "0"u8);
        var packet = new byte[RtpPacket.FixedHeaderLength + extensions.EncodedLength + payloadLength];
        var length = RtpHeaderWriter.Write(
            packet, marker: true, new PayloadType(96), new SequenceNumber(number), new RtpTimestamp(90_000), new Ssrc(0x1234_5678), extensions);
        new Random(1).NextBytes(packet.AsSpan(length));
        return packet;
    }
}
