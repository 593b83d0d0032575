using System.Text;
using MediaRelay.LoadGenerator.Janus;

namespace MediaRelay.LoadGenerator.Tests.Janus;

public sealed class JanusMessageTests
{
    public static TheoryData<string> Samples => new(
        "ack", "attached", "hangup", "invalid-sdp", "joined", "keepalive-poll", "media-poll", "no-such-feed", "offered", "published",
        "room-created", "room-destroyed", "session-created", "started", "success", "webrtcup");

    [Fact]
    public void TryReadAll_SessionCreated_HasItsId()
    {
        var message = ReadOne("session-created");
        Assert.Equal(("success", 3776375546120645UL), (message.Kind, message.CreatedId));
        Assert.Equal("t1", message.Transaction);
        Assert.Null(message.Error);
    }

    [Fact]
    public void TryReadAll_RoomCreated_HasTheRoom() => Assert.Equal(8519961472618196UL, ReadOne("room-created").Room);

    [Fact]
    public void TryReadAll_PublisherJoined_HasTheFeed()
    {
        var message = ReadOne("joined");
        Assert.Equal(("event", "t4"), (message.Kind, message.Transaction));
        Assert.Equal(5805770984157887UL, message.Feed);
    }

    [Fact]
    public void TryReadAll_Published_HasTheAnswer()
    {
        var message = ReadOne("published");
        Assert.StartsWith("v=0\r\n", message.Sdp, StringComparison.Ordinal);
        Assert.Contains("a=setup:active", message.Sdp, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadAll_Offered_HasTheOfferForItsHandle()
    {
        var message = ReadOne("offered");
        Assert.Equal(JanusSamples.Handle, message.Sender);
        Assert.Contains("a=setup:actpass", message.Sdp, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadAll_PluginRefuses_HasItsError() =>
        Assert.Equal(new JanusError(428, "No such feed (7)"), ReadOne("no-such-feed").Error);

    [Fact]
    public void TryReadAll_JanusRefuses_HasItsError() =>
        Assert.Equal(new JanusError(465, "Invalid line (2nd char is not '='): garbage"), ReadOne("invalid-sdp").Error);

    [Fact]
    public void TryReadAll_Hangup_HasTheReason() => Assert.Equal("DTLS alert", ReadOne("hangup").Reason);

    [Fact]
    public void TryReadAll_PollOfTwoEvents_HasBoth()
    {
        Assert.True(TryRead(JanusSamples.Read("media-poll"), out var messages));
        Assert.Equal(["media", "media"], messages.Select(message => message.Kind));
    }

    [Fact]
    public void TryReadAll_PollWithoutEvents_IsAKeepalive()
    {
        Assert.True(TryRead(JanusSamples.Read("keepalive-poll"), out var messages));
        Assert.Equal("keepalive", Assert.Single(messages).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<p>no</p>")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"janus":7}""")]
    [InlineData("""[{"janus":"ack"},"more"]""")]
    public void TryReadAll_OtherContent_IsRefused(string json) => Assert.False(TryRead(json, out _));

    [Theory]
    [InlineData("""{"janus":"success","data":{"id":-1}}""")]
    [InlineData("""{"janus":"success","data":{"id":"7"}}""")]
    [InlineData("""{"janus":"success","data":[7]}""")]
    [InlineData("""{"janus":"success","plugindata":7,"jsep":[],"error":"x","transaction":{}}""")]
    public void TryReadAll_MembersOfOtherTypes_AreMissing(string json)
    {
        Assert.True(TryRead(json, out var messages));
        Assert.Equal(new JanusMessage { Kind = "success" }, Assert.Single(messages));
    }

    [Fact]
    public void TryReadAll_MoreThanTheMost_IsRefused()
    {
        var most = Enumerable.Repeat("""{"janus":"media"}""", JanusMessage.MaxMessages);
        Assert.True(TryRead($"[{string.Join(',', most)}]", out var messages));
        Assert.Equal(JanusMessage.MaxMessages, messages.Count);
        Assert.False(TryRead($$"""[{{string.Join(',', most)}},{"janus":"media"}]""", out _));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void TryReadAll_CutAtEveryLength_IsRefused(string name)
    {
        var json = Encoding.UTF8.GetBytes(JanusSamples.Read(name));
        for (var length = 0; length < json.Length; length++)
        {
            Assert.False(JanusMessage.TryReadAll(json.AsMemory(0, length), out _), $"{name} cut at {length}");
        }

        Assert.True(JanusMessage.TryReadAll(json, out _));
    }

    private static JanusMessage ReadOne(string name)
    {
        Assert.True(TryRead(JanusSamples.Read(name), out var messages));
        return Assert.Single(messages);
    }

    private static bool TryRead(string json, out List<JanusMessage> messages) =>
        JanusMessage.TryReadAll(Encoding.UTF8.GetBytes(json), out messages);
}
