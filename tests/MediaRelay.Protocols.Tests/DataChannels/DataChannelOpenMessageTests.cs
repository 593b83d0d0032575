using MediaRelay.Protocols.DataChannels;

namespace MediaRelay.Protocols.Tests.DataChannels;

public class DataChannelOpenMessageTests
{
    public static TheoryData<byte, uint, DataChannelReliability> Types() => new()
    {
        { 0x00, 0, new DataChannelReliability(true) },
        { 0x80, 0, new DataChannelReliability(false) },
        { 0x01, 5, new DataChannelReliability(true, MaxRetransmits: 5) },
        { 0x81, 0, new DataChannelReliability(false, MaxRetransmits: 0) },
        { 0x02, 1500, new DataChannelReliability(true, MaxLifetime: TimeSpan.FromMilliseconds(1500)) },
        { 0x82, 1, new DataChannelReliability(false, MaxLifetime: TimeSpan.FromMilliseconds(1)) },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void TryParse_ChannelTypeOfRfc8832_ReadsAndWritesReliability(byte type, uint parameter, DataChannelReliability reliability)
    {
        // RFC 8832 §5.1: type, channel type, priority 256, reliability parameter, lengths, label "overlays", protocol "v1".
        byte[] bytes =
        [
            3, type, 1, 0, 0, 0, (byte)(parameter >> 8), (byte)parameter, 0, 8, 0, 2, .. "overlaysv1"u8,
        ];

        Assert.True(DataChannelOpenMessage.TryParse(bytes, out var open));
        Assert.Equal(new DataChannelOpenMessage("overlays", "v1", reliability), open);
        Assert.Equal(bytes, open.ToBytes());
    }

    [Fact]
    public void TryParse_CutAtEveryLength_ReturnsFalse()
    {
        var bytes = new DataChannelOpenMessage("größe", "p", DataChannelReliability.ReliableOrdered).ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(DataChannelOpenMessage.TryParse(bytes.AsSpan(0, length), out _));
        }

        Assert.True(DataChannelOpenMessage.TryParse(bytes, out var open));
        Assert.Equal("größe", open.Label);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(1, 0x83)]
    [InlineData(8, 0xFF)]
    [InlineData(10, 0xFF)]
    public void TryParse_WrongField_ReturnsFalse(int index, byte value)
    {
        var bytes = new DataChannelOpenMessage("label", "protocol", DataChannelReliability.ReliableOrdered).ToBytes();
        bytes[index] = value;

        Assert.False(DataChannelOpenMessage.TryParse(bytes, out _));
    }

    [Fact]
    public void ToBytes_NameTooLongOrBothLimits_Throws()
    {
        var name = new string('x', DataChannelOpenMessage.MaxNameLength + 1);
        var both = new DataChannelReliability(true, 1, TimeSpan.FromSeconds(1));

        Assert.Throws<InvalidOperationException>(new DataChannelOpenMessage(name, "", default).ToBytes);
        Assert.Throws<InvalidOperationException>(new DataChannelOpenMessage("", name, default).ToBytes);
        Assert.Throws<InvalidOperationException>(new DataChannelOpenMessage("", "", both).ToBytes);
    }
}
