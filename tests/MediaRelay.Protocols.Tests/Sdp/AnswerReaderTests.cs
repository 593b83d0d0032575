using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class AnswerReaderTests
{
    private static readonly SessionDescription Offer = OfferBuilder.Build(
        new OfferOptions { Role = NegotiationRole.Subscribe, Data = true }, SdpSamples.Client);

    private static readonly string Answer = SdpSamples.Answer(Offer.ToString(), SdpSamples.Subscribe).Answer.ToString();

    [Theory]
    [InlineData("m=video", "m=audio", "m=\"audio\"; allowed is video")]
    [InlineData("a=mid:1", "a=mid:x", "a=group:BUNDLE: mid \"1\" names no media section")]
    [InlineData("BUNDLE 0 1 2", "BUNDLE 0 1", "m-section 2 of the answer: not in a=group:BUNDLE")]
    [InlineData("a=sendonly", "a=recvonly", "a=recvonly answers a=recvonly")]
    [InlineData("a=rtcp-mux\r\na=rtcp-mux-only", "a=x", "a=rtcp-mux is missing")]
    [InlineData("opus/48000/2", "opus/48000", "payload type 111 is not what was offered")]
    [InlineData("SAVPF 96 97 98 99", "SAVPF 96 97 98 100", "payload type 100 is not what was offered")]
    [InlineData("a=extmap:1 urn", "a=extmap:9 urn", "a=extmap:9 is not what was offered")]
    [InlineData("a=setup:passive", "a=setup:actpass", "a=setup:actpass in an answer")]
    [InlineData("a=fingerprint", "a=x", "a=fingerprint is missing")]
    [InlineData("a=ice-ufrag", "a=x", "a=ice-ufrag and a=ice-pwd are missing")]
    [InlineData(" 7882 UDP", " 0 UDP", "rejects every m-section")]
    public void TryRead_AnswerOutsideTheOffer_SaysWhere(string good, string broken, string message)
    {
        Assert.Contains(good, Answer, StringComparison.Ordinal);
        var answer = SdpSamples.Parse(Answer.Replace(good, broken, StringComparison.Ordinal));

        Assert.False(AnswerReader.TryRead(Offer, answer, out var session, out var error));

        Assert.Null(session);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_FewerSections_Fails()
    {
        var shorter = Answer[..Answer.IndexOf("m=application", StringComparison.Ordinal)];
        var answer = SdpSamples.Parse(shorter.Replace("BUNDLE 0 1 2", "BUNDLE 0 1", StringComparison.Ordinal));

        Assert.False(AnswerReader.TryRead(Offer, answer, out _, out var error));
        Assert.Contains("has 2 m-sections; allowed are the offer's 3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_ActiveServer_MakesUsTheDtlsServer()
    {
        var answer = SdpSamples.Parse(Answer.Replace("a=setup:passive", "a=setup:active", StringComparison.Ordinal));

        Assert.True(AnswerReader.TryRead(Offer, answer, out var session, out _));
        Assert.True(session.IsDtlsServer);
    }

    [Fact]
    public void TryRead_VideoRejected_LeavesTheRest()
    {
        var answer = SdpSamples.Parse(Answer
            .Replace("BUNDLE 0 1 2", "BUNDLE 0 2", StringComparison.Ordinal)
            .Replace("m=video 7882", "m=video 0", StringComparison.Ordinal));

        Assert.True(AnswerReader.TryRead(Offer, answer, out var session, out var error), error);
        Assert.Null(session.Video);
        Assert.NotNull(session.Audio);
        Assert.NotNull(session.Data);
    }
}
