using System.Buffers.Binary;
using MediaRelay.Mixing.Link;

namespace MediaRelay.Mixing.Tests.Link;

public sealed class LinkFrameTests
{
    [Fact]
    public void TryRead_WrittenFrames_ComeBackOneByOne()
    {
        var bytes = Frame(LinkFrameType.SourceVideo, 3, [1, 2, 3]).Concat(Frame(LinkFrameType.Heartbeat, 0, [])).ToArray();
        ReadOnlySpan<byte> buffer = bytes;
        Assert.Equal(LinkFrame.ReadResult.Frame, LinkFrame.TryRead(ref buffer, out var type, out var stream, out var payload));
        Assert.Equal((LinkFrameType.SourceVideo, (byte)3), (type, stream));
        Assert.Equal([1, 2, 3], payload.ToArray());
        Assert.Equal(LinkFrame.ReadResult.Frame, LinkFrame.TryRead(ref buffer, out type, out _, out payload));
        Assert.Equal(LinkFrameType.Heartbeat, type);
        Assert.True(payload.IsEmpty);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void TryRead_CutAtEveryLength_WaitsForTheRest()
    {
        var bytes = Frame(LinkFrameType.OutputRtp, 1, new byte[50]);
        for (var length = 0; length < bytes.Length; length++)
        {
            ReadOnlySpan<byte> buffer = bytes.AsSpan(0, length);
            Assert.Equal(LinkFrame.ReadResult.Incomplete, LinkFrame.TryRead(ref buffer, out _, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData((uint)LinkFrame.MaxPayloadLength + 3)]
    [InlineData(uint.MaxValue)]
    public void TryRead_ImpossibleLength_IsMalformedAtOnce(uint length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        ReadOnlySpan<byte> buffer = bytes;
        Assert.Equal(LinkFrame.ReadResult.Malformed, LinkFrame.TryRead(ref buffer, out _, out _, out _));
    }

    internal static byte[] Frame(LinkFrameType type, byte stream, byte[] payload)
    {
        var bytes = new byte[LinkFrame.HeaderLength + payload.Length];
        LinkFrame.WriteHeader(bytes, type, stream, payload.Length);
        payload.CopyTo(bytes, LinkFrame.HeaderLength);
        return bytes;
    }
}
