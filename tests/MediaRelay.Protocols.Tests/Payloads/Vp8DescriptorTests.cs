using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class Vp8DescriptorTests
{
    // X, S; I L T K; 15-bit picture id 0x1234; TL0PICIDX 0x56; TID 2, Y, KEYIDX 9; the beginning of a key frame.
    private const string Full = "90 F0 92 34 56 A9 F0 B5 00";

    [Fact]
    public void TryParse_AllFields_AreRead()
    {
        Assert.True(Vp8Descriptor.TryParse(Bytes.FromHex(Full), out var descriptor));

        Assert.True(descriptor.IsFrameStart);
        Assert.True(descriptor.IsKeyFrameStart);
        Assert.True(descriptor.HasLongPictureId);
        Assert.Equal(0x1234, descriptor.PictureId);
        Assert.Equal(0x56, descriptor.Tl0PicIdx);
        Assert.Equal(2, descriptor.TemporalLayer);
        Assert.True(descriptor.IsLayerSync);
        Assert.Equal(9, descriptor.KeyIdx);
        Assert.Equal(6, descriptor.Length);
    }

    [Fact]
    public void TryParse_ShortestForm_HasNoOptionalFields()
    {
        Assert.True(Vp8Descriptor.TryParse(Bytes.FromHex("31 01"), out var descriptor));

        Assert.Equal(1, descriptor.Length);
        Assert.True(descriptor.IsNonReference);
        Assert.True(descriptor.IsPartitionStart);
        Assert.Equal(1, descriptor.PartitionIndex);
        Assert.False(descriptor.IsFrameStart);
        Assert.Equal(
            (-1, -1, -1, -1),
            (descriptor.PictureId, descriptor.Tl0PicIdx, descriptor.TemporalLayer, descriptor.KeyIdx));
    }

    [Theory]
    [InlineData("10 F0", true)]
    [InlineData("10 F1", false)] // inter frame
    [InlineData("00 F0", false)] // not the first packet
    [InlineData("11 F0", false)] // partition 1
    public void IsKeyFrameStart_FrameTag_IsTold(string hex, bool expected) =>
        Assert.Equal(expected, Vp8Payload.IsKeyFrameStart(Bytes.FromHex(hex)));

    [Fact]
    public void TryParse_TruncatedAtEveryLength_ReturnsFalseUntilDataFollows()
    {
        var data = Bytes.FromHex(Full);
        for (var length = 0; length <= 6; length++)
        {
            Assert.False(Vp8Descriptor.TryParse(data.AsSpan(0, length), out _), $"length {length}");
        }

        Assert.True(Vp8Descriptor.TryParse(data.AsSpan(0, 7), out _));
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrowsAndLeavesData()
    {
        const int Seed = 7741;
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var data = Bytes.Random(random, maxLength: 10);
            if (Vp8Descriptor.TryParse(data, out var descriptor))
            {
                Assert.True(descriptor.Length is >= 1 and <= 6 && descriptor.Length < data.Length, $"seed {Seed}, {i}");
            }
        }
    }

    [Fact]
    public void Rewrite_LongPictureId_ChangesCountersAlone()
    {
        var data = Bytes.FromHex(Full);
        Assert.True(Vp8Descriptor.TryParse(data, out var descriptor));

        descriptor.Rewrite(data, pictureId: 0x8001, tl0PicIdx: 0x1FF, keyIdx: 33);

        Assert.Equal(Bytes.FromHex("90 F0 80 01 FF A1 F0 B5 00"), data);
        Assert.True(Vp8Descriptor.TryParse(data, out var rewritten));
        Assert.Equal((1, 255, 1), (rewritten.PictureId, rewritten.Tl0PicIdx, rewritten.KeyIdx));
        Assert.Equal((2, true), (rewritten.TemporalLayer, rewritten.IsLayerSync));
    }

    [Fact]
    public void Rewrite_ShortPictureId_StaysShort()
    {
        var data = Bytes.FromHex("90 80 11 00 00");
        Assert.True(Vp8Descriptor.TryParse(data, out var descriptor));
        Assert.Equal(17, descriptor.PictureId);

        descriptor.Rewrite(data, pictureId: 0x1FF, tl0PicIdx: 1, keyIdx: 1);

        Assert.Equal(Bytes.FromHex("90 80 7F 00 00"), data);
    }

    [Fact]
    public void TryReadKeyFrameSize_RealEncoder_GivesTheSize()
    {
        // Written by libvpx for 638 × 360.
        var frame = Bytes.FromHex("f0b5 009d 012a 7e02 6801 0047 0885 8588");

        Assert.True(Vp8Payload.TryReadKeyFrameSize(frame, out var width, out var height));

        Assert.Equal((638, 360), (width, height));
        for (var length = 0; length < 10; length++)
        {
            Assert.False(Vp8Payload.TryReadKeyFrameSize(frame.AsSpan(0, length), out _, out _));
        }

        frame[0] |= 1;
        Assert.False(Vp8Payload.TryReadKeyFrameSize(frame, out _, out _));
    }
}
