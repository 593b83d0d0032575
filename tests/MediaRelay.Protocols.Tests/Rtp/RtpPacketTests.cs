using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Tests.Rtp;

public class RtpPacketTests
{
    // V=2, P, X, CC=2; M, PT 111; a one-byte extension; payload AA BB CC; three bytes of padding.
    private const string FullPacket = """
        B2 EF 12 34  00 01 E2 40  DE AD BE EF
        00 00 00 01  00 00 00 02
        BE DE 00 01  10 30 00 00
        AA BB CC     00 00 03
        """;

    [Fact]
    public void TryParse_FullPacket_GivesAllFields()
    {
        var data = Bytes.FromHex(FullPacket);

        Assert.True(RtpPacket.TryParse(data, out var packet));

        Assert.True(packet.Marker);
        Assert.Equal(new PayloadType(111), packet.PayloadType);
        Assert.Equal(new SequenceNumber(0x1234), packet.SequenceNumber);
        Assert.Equal(new RtpTimestamp(123_456), packet.Timestamp);
        Assert.Equal(new Ssrc(0xDEADBEEF), packet.Ssrc);
        Assert.Equal(2, packet.CsrcCount);
        Assert.Equal(new Ssrc(2), packet.GetCsrc(1));
        Assert.Equal(28, packet.HeaderLength);
        Assert.Equal(3, packet.PaddingLength);
        Assert.Equal(data[..28], packet.Header.ToArray());
        Assert.Equal([0xAA, 0xBB, 0xCC], packet.Payload.ToArray());
        Assert.True(packet.TryGetExtension(1, out var value));
        Assert.Equal([0x30], value.ToArray());
        Assert.False(packet.TryGetExtension(2, out _));
    }

    [Fact]
    public void TryParse_TruncatedAtEveryLength_NeverThrows()
    {
        var data = Bytes.FromHex(FullPacket);
        for (var length = 0; length < data.Length; length++)
        {
            var isValid = RtpPacket.TryParse(data.AsSpan(0, length), out var packet);

            // Cut anywhere in the header it is no packet; behind it, what is cut off is the padding count.
            Assert.False(isValid && length <= 28);
            if (isValid)
            {
                Assert.True(packet.PaddingLength <= length - packet.HeaderLength);
            }
        }
    }

    [Theory]
    [InlineData("70 EF 12 34 00 01 E2 40 DE AD BE EF")] // version 1
    [InlineData("A0 6F 12 34 00 01 E2 40 DE AD BE EF")] // padding bit, nothing after the header
    [InlineData("A0 6F 12 34 00 01 E2 40 DE AD BE EF AA 00")] // padding count 0
    [InlineData("A0 6F 12 34 00 01 E2 40 DE AD BE EF AA 03")] // padding longer than the payload
    [InlineData("90 6F 12 34 00 01 E2 40 DE AD BE EF BE DE 00 02 10 30 00 00")] // extension passes the end
    [InlineData("8F 6F 12 34 00 01 E2 40 DE AD BE EF 00 00 00 01")] // 15 contributing sources announced, one there
    public void TryParse_Malformed_ReturnsFalse(string hex) => Assert.False(RtpPacket.TryParse(Bytes.FromHex(hex), out _));

    [Fact]
    public void TryParse_PaddingAlone_HasEmptyPayload()
    {
        var data = Bytes.FromHex("A0 6F 12 34 00 01 E2 40 DE AD BE EF 00 00 00 04");

        Assert.True(RtpPacket.TryParse(data, out var packet));

        Assert.True(packet.Payload.IsEmpty);
        Assert.Equal(4, packet.PaddingLength);
    }

    [Fact]
    public void TryParseProtected_EncryptedPaddingCount_IsNotLookedAt()
    {
        var data = Bytes.FromHex("A0 6F 12 34 00 01 E2 40 DE AD BE EF 11 22 33 FF");

        Assert.False(RtpPacket.TryParse(data, out _));
        Assert.True(RtpPacket.TryParseProtected(data, out var packet));

        Assert.Equal([0x11, 0x22, 0x33, 0xFF], packet.Payload.ToArray());
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrowsAndStaysInside()
    {
        const int Seed = 3550;
        var random = new Random(Seed);
        var parsed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var data = Bytes.Random(random, maxLength: 80);
            if (data.Length > 0 && i % 2 == 0)
            {
                data[0] = (byte)(0x80 | (data[0] & 0x3F));
            }

            if (!RtpPacket.TryParse(data, out var packet))
            {
                continue;
            }

            parsed++;
            Assert.Equal(data.Length, packet.HeaderLength + packet.Payload.Length + packet.PaddingLength);
            var extensions = packet.Extensions;
            var total = 0;
            while (extensions.TryReadNext(out _, out var value))
            {
                total += 1 + value.Length;
            }

            Assert.True(total <= packet.HeaderLength, $"seed {Seed}, packet {i}");
        }

        Assert.True(parsed > 100, $"only {parsed} of the random packets were valid");
    }
}
