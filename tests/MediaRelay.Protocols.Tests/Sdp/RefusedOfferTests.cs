using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>Offers that get no answer; each error names its field.</summary>
public class RefusedOfferTests
{
    [Theory]
    [InlineData("a=ice-ufrag:abcd\r\n", "", "a=ice-ufrag and a=ice-pwd are missing")]
    [InlineData("a=ice-pwd:0123456789012345678901\r\n", "", "a=ice-ufrag and a=ice-pwd are missing")]
    [InlineData("a=fingerprint:sha-256 " + SdpSamples.Fingerprint + "\r\n", "", "a=fingerprint is missing")]
    [InlineData("a=mid:v", "a=mid:a", "a=mid:a stands in two media sections")]
    [InlineData("BUNDLE a v", "BUNDLE a v x", "mid \"x\" names no media section")]
    [InlineData("BUNDLE a v", "BUNDLE a v a", "mid \"a\" stands twice")]
    [InlineData("BUNDLE a v", "BUNDLE a\r\na=group:BUNDLE a v", "mid \"a\" stands twice")]
    [InlineData(" 35 36\r\n", " 35 111\r\n", "payload type 111")]
    [InlineData("a=rtcp-fb:35 nack", "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:1 means two extensions")]
    public void Offer_AgainstTheRules_IsMalformed(string good, string broken, string message)
    {
        var offer = SmallOffers.Bundled(
            $"{SmallOffers.Audio}a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n", SmallOffers.Vp8);
        Assert.Contains(good, offer, StringComparison.Ordinal);
        var text = offer.Replace(good, broken, StringComparison.Ordinal);
        if (broken.Contains("111", StringComparison.Ordinal))
        {
            text = text.Replace("rtpmap:36 rtx", "rtpmap:111 rtx", StringComparison.Ordinal)
                .Replace("fmtp:36", "fmtp:111", StringComparison.Ordinal);
        }

        var error = SdpSamples.Refuse(text, SdpSamples.Publish);

        Assert.Equal(AnswerErrorKind.Malformed, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=group:BUNDLE a v", "a=ice-lite\r\na=group:BUNDLE a v", "a=ice-lite")]
    [InlineData("a=group:BUNDLE a v\r\n", "", "not in a=group:BUNDLE")]
    [InlineData("a=group:BUNDLE a v", "a=group:BUNDLE a", "m-section 1 (\"video\"): not in a=group:BUNDLE")]
    [InlineData("a=rtcp-mux\r\n", "", "a=rtcp-mux is missing")]
    [InlineData("a=sendrecv", "a=recvonly", "a=recvonly; allowed are sendonly and sendrecv")]
    [InlineData("a=sendrecv", "a=inactive", "a=inactive; allowed are sendonly and sendrecv")]
    [InlineData("VP8/90000", "VP9/90000", "no usable codec; allowed is H264/90000 with packetization-mode=1")]
    [InlineData("opus/48000/2", "G722/8000", "no usable codec; allowed is opus/48000/2")]
    [InlineData("m=video 9 UDP/TLS/RTP/SAVPF", "m=video 9 RTP/AVP", "protocol \"RTP/AVP\"")]
    [InlineData("sha-256 " + SdpSamples.Fingerprint, "sha-1 00:11:22:33:44:55:66:77:88:99:00:11:22:33:44:55:66:77:88:99", "allowed are sha-256")]
    [InlineData(" 9 ", " 0 ", "every m-section has port 0")]
    public void Offer_ForWhatThePublisherCannotHave_IsNotAcceptable(string good, string broken, string message)
    {
        var offer = SmallOffers.Bundled(SmallOffers.Audio, SmallOffers.Vp8);
        Assert.Contains(good, offer, StringComparison.Ordinal);

        var error = SdpSamples.Refuse(offer.Replace(good, broken, StringComparison.Ordinal), SdpSamples.Publish);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publisher_WithTwoVideoTracks_IsNotAcceptable()
    {
        // RFC 9725 §4.4.2: more tracks of a kind than supported MUST be answered with 406.
        var second = SmallOffers.Vp8.Replace("a=mid:v", "a=mid:w", StringComparison.Ordinal);

        var error = SdpSamples.Refuse(SmallOffers.Bundled(SmallOffers.Vp8, second), SdpSamples.Publish);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.Contains("m-section 1 (\"video\"): a second section of this kind", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publisher_WithoutTheRoomsFixedCodec_IsNotAcceptable()
    {
        var policy = SdpSamples.Publish with { VideoCodecs = [SdpCodec.H264] };

        var error = SdpSamples.Refuse(SmallOffers.Bundled(SmallOffers.Audio, SmallOffers.Vp8), policy);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.DoesNotContain("VP8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publisher_WithDataOnly_IsNotAcceptable()
    {
        var policy = SdpSamples.Publish with { AllowDataChannel = true };

        var error = SdpSamples.Refuse(SmallOffers.Bundled(SmallOffers.Data), policy);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.Contains("neither audio nor video", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_ThatOnlySends_IsNotAcceptable()
    {
        var error = SdpSamples.Refuse(SdpSamples.ChromiumHost, SdpSamples.Subscribe);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.Contains("a=sendonly; allowed are recvonly and sendrecv", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_WithDataWhereNoneIsAllowed_IsNotAcceptable()
    {
        var policy = SdpSamples.Subscribe with { AllowDataChannel = false };

        var error = SdpSamples.Refuse(SmallOffers.Bundled(SmallOffers.Data), policy);

        Assert.Equal(AnswerErrorKind.NotAcceptable, error.Kind);
        Assert.Contains("data channels are not offered here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_WithOldDataProtocol_IsNotAcceptable()
    {
        var data = SmallOffers.Data.Replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000", StringComparison.Ordinal);

        var error = SdpSamples.Refuse(SmallOffers.Bundled(data), SdpSamples.Subscribe);

        Assert.Contains("allowed is UDP/DTLS/SCTP webrtc-datachannel", error.Message, StringComparison.Ordinal);
    }
}
