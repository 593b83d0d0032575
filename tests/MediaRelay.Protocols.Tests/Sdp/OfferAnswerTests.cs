using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class OfferAnswerTests
{
    [Fact]
    public void AudioOnly_WithoutMidAndBundle_IsAccepted()
    {
        var audio = SmallOffers.Audio.Replace("a=mid:a\r\n", "", StringComparison.Ordinal);

        var session = SdpSamples.Answer(SmallOffers.Session(SmallOffers.Transport, audio), SdpSamples.Publish);

        Assert.Null(session.Audio!.Mid);
        Assert.Null(session.Answer.Bundle);
        Assert.DoesNotContain("a=mid", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void VideoOnly_ForViewer_IsAccepted()
    {
        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.Vp8), SdpSamples.Subscribe);

        Assert.Null(session.Audio);
        Assert.Null(session.Data);
        var codec = Assert.Single(session.Video!.Codecs);
        Assert.Equal((35, (byte?)36), (codec.PayloadType, codec.RtxPayloadType));
    }

    [Fact]
    public void DataOnly_WithoutSize_MeansSixtyFourKilobytes()
    {
        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.Data), SdpSamples.Subscribe);

        Assert.Equal(new NegotiatedData(0, "d", 5001, 65536), session.Data);
    }

    [Theory]
    [InlineData("0", 0u)]
    [InlineData("1073741823", 1073741823u)]
    [InlineData("99999999999", uint.MaxValue)]
    public void Data_MaxMessageSize_IsTakenAsWritten(string written, uint expected)
    {
        var data = $"{SmallOffers.Data}a=max-message-size:{written}\r\n";

        var session = SdpSamples.Answer(SmallOffers.Bundled(data), SdpSamples.Subscribe);

        Assert.Equal(expected, session.Data!.RemoteMaxMessageSize);
    }

    [Fact]
    public void Viewer_WithoutUsableVideo_KeepsSoundAndData()
    {
        var session = SdpSamples.Answer(
            SmallOffers.Bundled(SmallOffers.Vp9, SmallOffers.Audio, SmallOffers.Data), SdpSamples.Subscribe);

        Assert.Null(session.Video);
        Assert.NotNull(session.Audio);
        Assert.NotNull(session.Data);
        Assert.Equal(0, session.Answer.Media[0].Port);
        Assert.Equal(["a", "d"], session.Answer.Bundle!.Mids);
        Assert.Contains(
            "m=video 0 UDP/TLS/RTP/SAVPF 98\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=inactive\r\n",
            session.Answer.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_SecondVideoSection_IsRejectedInItsPlace()
    {
        var second = SmallOffers.Vp8.Replace("a=mid:v", "a=mid:w", StringComparison.Ordinal);

        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.Vp8, second, SmallOffers.Audio), SdpSamples.Subscribe);

        Assert.Equal([false, true, false], session.Answer.Media.Select(section => section.Port == 0));
        Assert.Equal(["v", "a"], session.Answer.Bundle!.Mids);
    }

    [Fact]
    public void Publisher_DataSectionThatIsNotAllowed_IsRejectedInItsPlace()
    {
        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.Data, SmallOffers.Audio), SdpSamples.Publish);

        Assert.Equal(0, session.Answer.Media[0].Port);
        Assert.Null(session.Data);
        Assert.Equal("a", session.Answer.Bundle!.Mids[0]);
    }

    [Fact]
    public void Publisher_SectionThatDoesNotSend_IsRejectedInItsPlace()
    {
        var video = SmallOffers.Vp8.Replace("a=sendrecv", "a=recvonly", StringComparison.Ordinal);

        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.Audio, video), SdpSamples.Publish);

        Assert.Null(session.Video);
        Assert.Equal(0, session.Answer.Media[1].Port);
    }

    [Fact]
    public void RejectedByOfferer_IsLeftAlone()
    {
        var video = SmallOffers.Vp8.Replace("m=video 9", "m=video 0", StringComparison.Ordinal);
        var attributes = $"a=group:BUNDLE a\r\n{SmallOffers.Transport}";

        var session = SdpSamples.Answer(SmallOffers.Session(attributes, video, SmallOffers.Audio), SdpSamples.Publish);

        Assert.Null(session.Video);
        Assert.Equal(1, Assert.Single(session.Media).Index);
    }

    [Fact]
    public void UnknownMediaKind_KeepsItsPlaceAndName()
    {
        const string Text = "m=text 9 UDP/TLS/RTP/SAVPF 99\r\na=mid:t\r\na=rtcp-mux\r\n";

        var session = SdpSamples.Answer(SmallOffers.Bundled(Text, SmallOffers.Audio), SdpSamples.Publish);

        Assert.Contains("m=text 0 UDP/TLS/RTP/SAVPF 99\r\n", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actpass")]
    [InlineData("active")]
    public void Setup_ThatLetsUsWait_IsAnsweredPassive(string setup)
    {
        var offer = SmallOffers.Bundled(SmallOffers.Audio)
            .Replace("a=setup:actpass", $"a=setup:{setup}", StringComparison.Ordinal);

        Assert.True(SdpSamples.Answer(offer, SdpSamples.Publish).IsDtlsServer);
    }

    [Theory]
    [InlineData("passive")]
    [InlineData("holdconn")]
    public void Setup_ThatWantsOurClientHello_IsUnprocessable(string setup)
    {
        var offer = SmallOffers.Bundled(SmallOffers.Audio)
            .Replace("a=setup:actpass", $"a=setup:{setup}", StringComparison.Ordinal);

        var error = SdpSamples.Refuse(offer, SdpSamples.Publish);

        Assert.Equal(AnswerErrorKind.Unprocessable, error.Kind);
        Assert.Contains($"a=setup:{setup}; allowed are actpass and active", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile-level-id=42e01f;packetization-mode=1", true)]
    [InlineData("packetization-mode=1;profile-level-id=42E034", true)]
    [InlineData("packetization-mode=1;profile-level-id=4d801f", true)]
    [InlineData("packetization-mode=1;profile-level-id=42001f", true)]
    [InlineData("packetization-mode=1", true)] // RFC 6184 §8.1: Baseline, level 1
    [InlineData("Packetization-Mode=1; Profile-Level-Id=42c01e", true)]
    [InlineData("", false)] // packetization-mode 0
    [InlineData("packetization-mode=0;profile-level-id=42e01f", false)]
    [InlineData("packetization-mode=1;profile-level-id=4d001f", false)]
    [InlineData("packetization-mode=1;profile-level-id=640c1f", false)]
    [InlineData("packetization-mode=1;profile-level-id=f4001f", false)]
    [InlineData("packetization-mode=1;profile-level-id=42e0", false)]
    [InlineData("packetization-mode=1;profile-level-id=zzzzzz", false)]
    public void H264_IsUsedWhenTheRelayCanForwardIt(string parameters, bool isUsable)
    {
        var offer = SdpSamples.Parse(SmallOffers.Bundled(SmallOffers.H264(parameters)));

        var isAnswered = OfferAnswer.TryAnswer(offer, SdpSamples.Subscribe, SdpSamples.Server, out var session, out var error);

        Assert.Equal(isUsable, isAnswered);
        Assert.Equal(isUsable ? SdpCodec.H264 : null, session?.Video?.Codecs[0].Codec);
        Assert.Equal(isUsable ? null : AnswerErrorKind.NotAcceptable, error?.Kind);
    }

    [Theory]
    [InlineData("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f;max-br=9", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f")]
    [InlineData("packetization-mode=1;profile-level-id=42E01F", "packetization-mode=1;profile-level-id=42E01F")]
    [InlineData("packetization-mode=1", "packetization-mode=1")]
    public void H264_AnswerTakesTheOffersProfile(string offered, string answered)
    {
        var session = SdpSamples.Answer(SmallOffers.Bundled(SmallOffers.H264(offered)), SdpSamples.Subscribe);

        Assert.Equal(answered, session.Answer.Media[0].Formats[0].Parameters.Text);
    }

    [Theory]
    [InlineData("minptime=20;useinbandfec=1;usedtx=1", "minptime=20;useinbandfec=1;usedtx=1")]
    [InlineData("useinbandfec=0;stereo=1;maxaveragebitrate=9", "useinbandfec=0")]
    [InlineData("minptime=x", "")]
    public void Opus_AnswerOnlySaysWhatWasOffered(string offered, string answered)
    {
        var session = SdpSamples.Answer(
            SmallOffers.Bundled($"{SmallOffers.Audio}a=fmtp:111 {offered}\r\n"), SdpSamples.Publish);

        Assert.Equal(answered, session.Answer.Media[0].Formats[0].Parameters.Text);
    }

    [Theory]
    [InlineData("a=rtpmap:111 opus/48000", "a=rtpmap:111 opus/48000/2")] // RFC 7587 §7: always two channels
    [InlineData("a=rtpmap:111 opus/16000/2", "a=rtpmap:111 opus/48000/2")]
    [InlineData("m=audio 9 UDP/TLS/RTP/SAVPF 72", "m=audio 9 UDP/TLS/RTP/SAVPF 111")] // RFC 5761 §4
    public void Opus_InAnUnusableForm_IsNotAcceptable(string broken, string good)
    {
        var offer = SmallOffers.Bundled(SmallOffers.Audio).Replace(good, broken, StringComparison.Ordinal);
        offer = broken.Contains("72", StringComparison.Ordinal)
            ? offer.Replace("rtpmap:111", "rtpmap:72", StringComparison.Ordinal)
            : offer;

        Assert.Equal(AnswerErrorKind.NotAcceptable, SdpSamples.Refuse(offer, SdpSamples.Publish).Kind);
    }

    [Fact]
    public void Rtx_WithoutAptForTheChosenFormat_IsNotUsed()
    {
        var video = SmallOffers.Vp8.Replace("apt=35", "apt=34", StringComparison.Ordinal);

        var session = SdpSamples.Answer(SmallOffers.Bundled(video), SdpSamples.Subscribe);

        Assert.Null(session.Video!.Codecs[0].RtxPayloadType);
        Assert.Null(session.Video.LocalSource!.RtxSsrc);
        Assert.DoesNotContain("FID", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=extmap:4097 urn:ietf:params:rtp-hdrext:sdes:mid", false)]
    [InlineData("a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid", false)]
    [InlineData("a=extmap:3/inactive urn:ietf:params:rtp-hdrext:sdes:mid", false)]
    [InlineData("a=extmap:3/recvonly urn:ietf:params:rtp-hdrext:sdes:mid", false)]
    [InlineData("a=extmap:3/sendonly urn:ietf:params:rtp-hdrext:sdes:mid", true)]
    [InlineData("a=extmap:200 urn:ietf:params:rtp-hdrext:sdes:mid", true)]
    [InlineData("a=extmap:2 urn:example:unknown", false)]
    public void Extension_OfPublisher_IsAcceptedWhenItCanArrive(string line, bool isAccepted)
    {
        var session = SdpSamples.Answer(SmallOffers.Bundled($"{SmallOffers.Audio}{line}\r\n"), SdpSamples.Publish);

        Assert.Equal(isAccepted, session.Audio!.Extensions.Count == 1);
        Assert.Equal(isAccepted, session.Answer.ToString().Contains("a=extmap:", StringComparison.Ordinal));
    }

    [Fact]
    public void Extension_AtSessionLevel_HoldsForEverySection()
    {
        var attributes =
            $"a=group:BUNDLE a v\r\na=extmap:7 {HeaderExtensionUris.Mid}\r\n{SmallOffers.Transport}";

        var session = SdpSamples.Answer(
            SmallOffers.Session(attributes, SmallOffers.Audio, SmallOffers.Vp8), SdpSamples.Subscribe);

        Assert.All(session.Media, media => Assert.Equal(7, media.Extensions[HeaderExtensionUris.Mid]));
    }

    [Fact]
    public void Simulcast_WithoutRidExtension_IsNotAnswered()
    {
        var video = $"{SmallOffers.Vp8}a=rid:1 send\r\na=simulcast:send 1\r\n";

        var session = SdpSamples.Answer(
            SmallOffers.Bundled(video), SdpSamples.Publish with { AllowSimulcast = true });

        Assert.Empty(session.Video!.Rids);
        Assert.DoesNotContain("simulcast", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Simulcast_EncodingsBoundToOtherFormats_AreLeftOut()
    {
        var video = $"{SmallOffers.Vp8}a=extmap:5 {HeaderExtensionUris.RtpStreamId}\r\n"
            + "a=rid:1 send pt=35,36;max-fps=30\r\na=rid:2 send pt=36\r\na=rid:3 recv\r\na=simulcast:send 1,2;~3;2\r\n";

        var session = SdpSamples.Answer(
            SmallOffers.Bundled(video), SdpSamples.Publish with { AllowSimulcast = true });

        Assert.Equal(["1"], session.Video!.Rids);
        Assert.Contains(
            "a=rid:1 recv pt=35;max-fps=30\r\na=simulcast:recv 1\r\n", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Subscribe_WithoutStreamsInThePolicy_IsACallersMistake()
    {
        var offer = SdpSamples.Parse(SmallOffers.Bundled(SmallOffers.Audio));
        var policy = SdpSamples.Subscribe with { Streams = null };

        Assert.Throws<InvalidOperationException>(() =>
            OfferAnswer.TryAnswer(offer, policy, SdpSamples.Server, out _, out _));
    }

    [Fact]
    public void Answers_OfOneTransport_HaveOneOrigin_OfAnotherAnother()
    {
        var offer = SdpSamples.Parse(SmallOffers.Bundled(SmallOffers.Audio));
        var other = SdpSamples.Server with { IceUfrag = "zzzz" };

        Assert.True(OfferAnswer.TryAnswer(offer, SdpSamples.Publish, SdpSamples.Server, out var first, out _));
        Assert.True(OfferAnswer.TryAnswer(offer, SdpSamples.Publish, SdpSamples.Server, out var again, out _));
        Assert.True(OfferAnswer.TryAnswer(offer, SdpSamples.Publish, other, out var second, out _));

        Assert.Equal(first.Answer.Origin, again.Answer.Origin);
        Assert.NotEqual(first.Answer.Origin, second.Answer.Origin);
    }
}
