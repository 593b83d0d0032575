using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Tests.Rtp;

public class RtpHeaderWriterTests
{
    [Fact]
    public void Write_WithoutExtensions_IsReadBack()
    {
        var data = new byte[64];

        var length = Write(data, default);

        Assert.Equal(12, length);
        Assert.Equal(Bytes.FromHex("80 E0 FF FF FF FF FF FE 12 34 56 78"), data[..12]);
    }

    [Fact]
    public void Write_ShortElements_UsesOneByteForm()
    {
        var data = new byte[64];
        var extensions = new RtpExtensionsBuilder(new byte[64]);
        extensions.Add(1, "a"u8);
        extensions.Add(HeaderExtensionMap.Absent, "not negotiated"u8);
        extensions.AddUInt16(14, 0xABCD);

        var length = Write(data, extensions);

        Assert.Equal(12 + extensions.EncodedLength, length);
        Assert.Equal(Bytes.FromHex("BE DE 00 02 10 61 E1 AB CD 00 00 00"), data[12..length]);
        Assert.True(RtpPacket.TryParse(data.AsSpan(0, length), out var packet));
        Assert.True(packet.TryGetExtension(14, out var value));
        Assert.True(HeaderExtensionValues.TryReadTransportSequence(value, out var sequence));
        Assert.Equal(0xABCD, sequence);
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(3, 17)]
    [InlineData(3, 0)]
    [InlineData(255, 255)]
    public void Write_ElementThatOneByteFormCannotHold_UsesTwoByteForm(int id, int valueLength)
    {
        var data = new byte[400];
        var value = Enumerable.Range(1, valueLength).Select(i => (byte)i).ToArray();
        var extensions = new RtpExtensionsBuilder(new byte[400]);
        extensions.AddUInt8(1, 7);
        extensions.Add(id, value);

        var length = Write(data, extensions);

        Assert.Equal(0x1000, (data[12] << 8) | data[13]);
        Assert.Equal(0, length % 4);
        Assert.True(RtpPacket.TryParse(data.AsSpan(0, length), out var packet));
        Assert.Equal(length, packet.HeaderLength);
        Assert.True(packet.TryGetExtension(1, out var first));
        Assert.Equal([7], first.ToArray());
        Assert.True(packet.TryGetExtension(id, out var second));
        Assert.Equal(value, second.ToArray());
    }

    [Fact]
    public void Write_DirtyDestination_ClearsExtensionPadding()
    {
        var data = new byte[64];
        Array.Fill(data, (byte)0xFF);
        var extensions = new RtpExtensionsBuilder(new byte[16]);
        extensions.AddUInt24(5, 0x123456);
        extensions.AddUInt8(6, 1);

        var length = Write(data, extensions);

        Assert.Equal(Bytes.FromHex("BE DE 00 02 52 12 34 56 60 01 00 00"), data[12..length]);
    }

    [Fact]
    public void Add_ScratchTooSmall_Throws() => Assert.Throws<ArgumentException>(() =>
    {
        var extensions = new RtpExtensionsBuilder(new byte[8]);
        extensions.Add(1, new byte[7]);
    });

    [Fact]
    public void AppendPadding_AnyCount_IsStrippedAgain()
    {
        var data = new byte[512];
        for (var padding = 1; padding <= 255; padding++)
        {
            Array.Fill(data, (byte)0xEE);
            var length = Write(data, default) + 10;

            var padded = RtpHeaderWriter.AppendPadding(data, length, padding);

            Assert.Equal(length + padding, padded);
            Assert.True(RtpPacket.TryParse(data.AsSpan(0, padded), out var packet));
            Assert.Equal(padding, packet.PaddingLength);
            Assert.Equal(10, packet.Payload.Length);
        }
    }

    [Fact]
    public void Setters_WrittenPacket_ChangeOnlyTheirField()
    {
        var data = new byte[12];
        Write(data, default);

        RtpHeaderWriter.SetPayloadType(data, new PayloadType(102));
        RtpHeaderWriter.SetSequenceNumber(data, new SequenceNumber(7));
        RtpHeaderWriter.SetTimestamp(data, new RtpTimestamp(8));
        RtpHeaderWriter.SetSsrc(data, new Ssrc(9));

        Assert.Equal(Bytes.FromHex("80 E6 00 07 00 00 00 08 00 00 00 09"), data);
        RtpHeaderWriter.SetMarker(data, marker: false);
        Assert.Equal(0x66, data[1]);
    }

    private static int Write(Span<byte> data, scoped in RtpExtensionsBuilder extensions) => RtpHeaderWriter.Write(
        data,
        marker: true,
        new PayloadType(96),
        new SequenceNumber(0xFFFF),
        new RtpTimestamp(0xFFFF_FFFE),
        new Ssrc(0x1234_5678),
        extensions);
}
