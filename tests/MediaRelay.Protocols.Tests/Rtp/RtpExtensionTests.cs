using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Tests.Rtp;

public class RtpExtensionTests
{
    private static readonly byte[] FixedHeader = Bytes.FromHex("90 60 00 01 00 00 00 02 00 00 00 03");

    [Fact]
    public void TryReadNext_Rfc8285Section42_GivesThreeElements()
    {
        // The one-byte example: lengths 0, 1, padding, 3 (that is 1, 2 and 4 bytes).
        var data = Packet("BE DE 00 03  10 AA 21 B0  B1 00 00 33  C0 C1 C2 C3");

        Assert.Equal(["1:AA", "2:B0B1", "3:C0C1C2C3"], ReadAll(data));
    }

    [Fact]
    public void TryReadNext_Rfc8285Section43_GivesThreeElements()
    {
        // The two-byte example: lengths 0, 1, padding, 4.
        var data = Packet("10 00 00 03  01 00 02 01  B0 00 03 04  C0 C1 C2 C3");

        Assert.Equal(["1:", "2:B0", "3:C0C1C2C3"], ReadAll(data));
    }

    [Fact]
    public void TryReadNext_TwoByteWithApplicationBits_IsRead() =>
        Assert.Equal(["200:07"], ReadAll(Packet("10 0A 00 01  C8 01 07 00")));

    [Fact]
    public void TryReadNext_Id15InOneByteForm_EndsTheWalk() =>
        Assert.Equal(["1:AA"], ReadAll(Packet("BE DE 00 02  10 AA F0 BB  20 CC 00 00")));

    [Fact]
    public void TryReadNext_Id0WithLength_EndsTheWalk() =>
        Assert.Equal(["1:AA"], ReadAll(Packet("BE DE 00 02  10 AA 01 BB  BB 20 CC 00")));

    [Fact]
    public void TryReadNext_ElementPastEnd_EndsTheWalk() =>
        Assert.Equal(["1:AA"], ReadAll(Packet("BE DE 00 01  10 AA 2F BB")));

    [Fact]
    public void TryReadNext_UnknownProfile_HasNoElements() => Assert.Empty(ReadAll(Packet("AB CD 00 01  10 AA 20 BB")));

    [Theory]
    [InlineData(HeaderExtensionMap.Absent)]
    [InlineData(0)]
    [InlineData(256)]
    public void TryGetExtension_IdThatCannotBe_FindsNothing(int id)
    {
        Assert.True(RtpPacket.TryParse(Packet("BE DE 00 01  10 AA 00 00"), out var packet));
        Assert.False(packet.TryGetExtension(id, out _));
    }

    private static byte[] Packet(string extension) => [.. FixedHeader, .. Bytes.FromHex(extension)];

    private static List<string> ReadAll(byte[] data)
    {
        Assert.True(RtpPacket.TryParse(data, out var packet));
        var found = new List<string>();
        var extensions = packet.Extensions;
        while (extensions.TryReadNext(out var id, out var value))
        {
            found.Add($"{id}:{Convert.ToHexString(value)}");
        }

        return found;
    }
}
