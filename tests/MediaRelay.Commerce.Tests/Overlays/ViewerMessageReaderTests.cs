using System.Buffers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Incoming;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Tests.Overlays.MessagePack;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class ViewerMessageReaderTests
{
    private static readonly MerchantId Merchant = MerchantId.Parse("m-b");
    private static readonly ItemKey Item = new(Merchant, ItemId.Parse("i-1"));

    public static TheoryData<string, ViewerMessage> Messages => new()
    {
        { "like", new LikeMessage(12) },
        { "comment", new CommentMessage("多少钱？") },
        { "share", new ShareMessage(ShareCode.Parse("guide-7")) },
        { "follow", new FollowMessage(Merchant) },
        { "favorite", new FavoriteMessage(Item) },
        { "addToCart", new AddToCartMessage(Item) },
        { "clickItem", new ItemClickMessage(Item, 42) },
        { "clickPicture", new PictureClickMessage(0.25, 1, null) },
        { "claim", new ClaimMessage(Merchant, "c-1") },
        { "enter", new EnterMessage(Merchant, "d-1") },
        { "help", new HelpMessage(Merchant, "b-1") },
        { "receipt", new ReceiptMessage(77) },
        { "resume", new ResumeMessage(70) },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void TryRead_AsTheNpmPackageEncodesIt_GivesTheTypedMessage(string name, ViewerMessage expected)
    {
        Assert.True(ViewerMessageReader.TryRead(MessagePackVectors.Viewer(name), out var envelope, out var rejection));

        Assert.Equal(expected, envelope.Message);
        Assert.Equal(1592308800123456, envelope.SentAtMicros);
        Assert.Equal(OverlayRejection.None, rejection);
    }

    [Fact]
    public void TryRead_Ping_KeepsTheNumberAsItWasEncoded()
    {
        Assert.True(ViewerMessageReader.TryRead(MessagePackVectors.Viewer("ping"), out var envelope, out _));

        var ping = Assert.IsType<PingMessage>(envelope.Message);
        Assert.True(new MessagePackReader(ping.T.Span).TryReadDouble(out var t));
        Assert.Equal(1234.5, t);
    }

    [Fact]
    public void TryRead_MediaTime_IsGiven()
    {
        Assert.True(ViewerMessageReader.TryRead(MessagePackVectors.Viewer("clickItem"), out var withTime, out _));
        Assert.True(ViewerMessageReader.TryRead(MessagePackVectors.Viewer("like"), out var without, out _));

        Assert.Equal((7L, 123456789L, (long?)null), (withTime.Seq, withTime.MediaTime, without.MediaTime));
    }

    [Fact]
    public void TryRead_EveryMessageCutAtEveryLength_False()
    {
        foreach (var bytes in MessagePackVectors.AllViewerMessages())
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(ViewerMessageReader.TryRead(bytes.AsSpan(0, length), out _, out var rejection));
                Assert.NotEqual(OverlayRejection.None, rejection);
            }
        }
    }

    [Fact]
    public void TryRead_EveryMessageWithOneRandomByteChanged_NeverThrows()
    {
        var random = new Random(616);
        foreach (var original in MessagePackVectors.AllViewerMessages())
        {
            for (var i = 0; i < 5000; i++)
            {
                var bytes = original.ToArray();
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                var isRead = ViewerMessageReader.TryRead(bytes, out var envelope, out var rejection);
                Assert.Equal(isRead, envelope.Message is not null);
                Assert.Equal(isRead, rejection == OverlayRejection.None);
            }
        }
    }

    [Fact]
    public void TryRead_RandomBytes_NeverThrows()
    {
        var random = new Random(20200616);
        var bytes = new byte[256];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = 0x96;
            bytes[1] = 0x01;
            Assert.False(ViewerMessageReader.TryRead(bytes, out _, out _));
        }
    }

    [Fact]
    public void TryRead_MoreThan60KiB_Oversized() =>
        Assert.Equal(OverlayRejection.Oversized, Reject(new byte[OverlayEnvelope.MaxBytes + 1]));

    [Fact]
    public void TryRead_BytesBehindTheMessage_Malformed() =>
        Assert.Equal(OverlayRejection.Malformed, Reject([.. MessagePackVectors.Viewer("like"), 0xc0]));

    [Fact]
    public void TryRead_OtherVersion_UnknownVersion()
    {
        var bytes = MessagePackVectors.Viewer("like");
        bytes[1] = 2;

        Assert.Equal(OverlayRejection.UnknownVersion, Reject(bytes));
    }

    [Fact]
    public void TryRead_RelaysOwnType_UnknownType() =>
        Assert.Equal(OverlayRejection.UnknownType, Reject(MessagePackVectors.Relay("purchase")));

    [Theory]
    [InlineData("like", "count", 0)]
    [InlineData("like", "count", 1001)]
    [InlineData("like", "count", -1)]
    [InlineData("like", "count", "3")]
    [InlineData("comment", "text", "")]
    [InlineData("comment", "text", "   ")]
    [InlineData("comment", "text", "a\u0007b")]
    [InlineData("comment", "text", 5)]
    [InlineData("share", "shareCode", "no spaces")]
    [InlineData("follow", "merchantId", "x/y")]
    [InlineData("receipt", "seq", -5)]
    public void TryRead_FieldOutsideItsRule_FieldInvalid(string type, string field, object value) =>
        Assert.Equal(OverlayRejection.FieldInvalid, Reject(Message(type, (field, value))));

    [Theory]
    [InlineData("like")]
    [InlineData("comment")]
    [InlineData("share")]
    [InlineData("follow")]
    [InlineData("favorite")]
    [InlineData("addToCart")]
    [InlineData("click")]
    [InlineData("claim")]
    [InlineData("enter")]
    [InlineData("help")]
    [InlineData("receipt")]
    [InlineData("resume")]
    [InlineData("ping")]
    public void TryRead_EmptyBody_FieldMissing(string type) =>
        Assert.Equal(OverlayRejection.FieldMissing, Reject(Message(type)));

    [Theory]
    [InlineData(-0.01, 0.5)]
    [InlineData(0.5, 1.01)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void TryRead_ClickOutsideThePicture_FieldInvalid(double x, double y) =>
        Assert.Equal(OverlayRejection.FieldInvalid, Reject(Message("click", ("x", x), ("y", y))));

    [Fact]
    public void TryRead_UnknownFields_AreSkipped()
    {
        var bytes = Message("like", ("extra", "whatever"), ("count", 2), ("more", 1.5));

        Assert.True(ViewerMessageReader.TryRead(bytes, out var envelope, out _));
        Assert.Equal(new LikeMessage(2), envelope.Message);
    }

    [Fact]
    public void TryRead_CommentOf501Characters_FieldInvalid()
    {
        Assert.True(ViewerMessageReader.TryRead(Message("comment", ("text", new string('字', 500))), out _, out _));
        Assert.Equal(OverlayRejection.FieldInvalid, Reject(Message("comment", ("text", new string('字', 501)))));
    }

    private static OverlayRejection Reject(byte[] bytes)
    {
        Assert.False(ViewerMessageReader.TryRead(bytes, out _, out var rejection));
        return rejection;
    }

    private static byte[] Message(string type, params (string Name, object Value)[] fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(6);
        writer.WriteInteger(1);
        writer.WriteString(type);
        writer.WriteInteger(1);
        writer.WriteInteger(1592308800123456);
        writer.WriteNil();
        writer.WriteMapHeader(fields.Length);
        foreach (var (name, value) in fields)
        {
            writer.WriteString(name);
            switch (value)
            {
                case int number: writer.WriteInteger(number); break;
                case double number: writer.WriteDouble(number); break;
                default: writer.WriteString((string)value); break;
            }
        }

        return buffer.WrittenSpan.ToArray();
    }
}
