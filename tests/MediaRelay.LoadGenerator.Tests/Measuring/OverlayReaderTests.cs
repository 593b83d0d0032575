using System.Buffers;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.LoadGenerator.Measuring;

namespace MediaRelay.LoadGenerator.Tests.Measuring;

public sealed class OverlayReaderTests
{
    [Theory]
    [InlineData("purchase", nameof(OverlayKind.Purchase))]
    [InlineData("snapshot", nameof(OverlayKind.Snapshot))]
    [InlineData("coupon", nameof(OverlayKind.Announcement))]
    public void TryRead_Message_GivesKindAndTime(string type, string expected)
    {
        Assert.True(OverlayReader.TryRead(Message(type), out var sighting));
        Assert.Equal(
            (expected, 12, 1_700_000_000_000_000, type == "snapshot" ? -1 : 280),
            (sighting.Kind.ToString(), sighting.Seq, sighting.SentAtMicros, sighting.Likes));
    }

    [Fact]
    public void TryRead_Tally_GivesTheLikes()
    {
        Assert.True(OverlayReader.TryRead(Message("tally"), out var sighting));
        Assert.Equal((OverlayKind.Tally, 280), (sighting.Kind, sighting.Likes));
    }

    [Fact]
    public void TryRead_CutAtEveryLength_NeverThrows()
    {
        var message = Message("tally");
        for (var length = 0; length < message.Length; length++)
        {
            Assert.False(OverlayReader.TryRead(message.AsSpan(0, length), out _));
        }
    }

    private static byte[] Message(string type)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(6);
        writer.WriteInteger(1);
        writer.WriteString(type);
        writer.WriteInteger(12);
        writer.WriteInteger(1_700_000_000_000_000);
        writer.WriteNil();
        writer.WriteMapHeader(2);
        writer.WriteString("viewers");
        writer.WriteInteger(5);
        writer.WriteString("likes");
        writer.WriteInteger(280);
        return output.WrittenSpan.ToArray();
    }
}
