using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class RtxPayloadTests
{
    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var payload = new byte[16];

        var length = RtxPayload.Write(payload, new SequenceNumber(0xFFFE), [1, 2, 3]);

        Assert.Equal(5, length);
        Assert.True(RtxPayload.TryReadOriginalSequence(payload.AsSpan(0, length), out var original, out var originalPayload));
        Assert.Equal(new SequenceNumber(0xFFFE), original);
        Assert.Equal([1, 2, 3], originalPayload.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("FF")]
    public void TryReadOriginalSequence_TooShort_ReturnsFalse(string hex) =>
        Assert.False(RtxPayload.TryReadOriginalSequence(Bytes.FromHex(hex), out _, out _));

    [Fact]
    public void TryRestore_PaddedRetransmission_GivesTheOriginalPacket()
    {
        var retransmission = Bytes.FromHex("""
            B0 E1 00 07  00 00 10 00  00 00 00 22
            BE DE 00 01  10 30 00 00
            12 34 AA BB CC 00 02
            """);
        Assert.True(RtpPacket.TryParse(retransmission, out var packet));
        var restored = new byte[64];

        Assert.True(RtxPayload.TryRestore(packet, new PayloadType(96), new Ssrc(0x11), restored, out var length));

        Assert.Equal(
            Bytes.FromHex("90 E0 12 34 00 00 10 00 00 00 00 11 BE DE 00 01 10 30 00 00 AA BB CC"), restored[..length]);
    }

    [Fact]
    public void TryRestore_ProbeOfPaddingAlone_ReturnsFalse()
    {
        Assert.True(RtpPacket.TryParse(Bytes.FromHex("A0 E1 00 07 00 00 10 00 00 00 00 22 00 00 03"), out var packet));
        Assert.False(RtxPayload.TryRestore(packet, new PayloadType(96), new Ssrc(0x11), new byte[64], out _));
    }
}
