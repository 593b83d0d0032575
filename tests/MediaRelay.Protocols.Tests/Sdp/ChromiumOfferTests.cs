using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

public class ChromiumOfferTests
{
    [Fact]
    public void Host_PrefersConstrainedBaselineH264()
    {
        var session = SdpSamples.Answer(SdpSamples.ChromiumHost, SdpSamples.Publish);

        var codec = Assert.Single(session.Video!.Codecs);
        Assert.Equal((SdpCodec.H264, (byte)108, (byte?)109), (codec.Codec, codec.PayloadType, codec.RtxPayloadType));
        Assert.Equal(FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir, codec.Feedback);
        Assert.Equal("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", codec.Parameters.Text);
        Assert.Equal(MediaDirection.RecvOnly, session.Video.Direction);
        Assert.Empty(session.Video.Rids);
        Assert.Null(session.Answer.Media[1].Simulcast);
        Assert.Equal("XuBl", session.RemoteIceUfrag);
        Assert.Equal("LYXNtaOnClVDYS7AJKjZ24rT", session.RemoteIcePwd);
        Assert.Equal(SdpSamples.Fingerprint, Assert.Single(session.RemoteFingerprints).Value);
        Assert.True(session.IsDtlsServer);
    }

    [Fact]
    public void Host_AudioAndExtensionsByItsNumbers()
    {
        var session = SdpSamples.Answer(SdpSamples.ChromiumHost, SdpSamples.Publish);

        var opus = Assert.Single(session.Audio!.Codecs);
        Assert.Equal((111, 48000, 2), (opus.PayloadType, opus.ClockRate, opus.Channels));
        Assert.Equal("minptime=10;useinbandfec=1", session.Answer.Media[0].Formats[0].Parameters.Text);
        Assert.Equal(1974543731u, Assert.Single(session.Audio.RemoteSources).Ssrc);
        Assert.Equal("uk1WFUFV1QNzVizA", session.Audio.RemoteSources[0].Cname);
        Assert.Equal(4, session.Video!.Extensions[HeaderExtensionUris.Mid]);
        Assert.Equal(10, session.Video.Extensions[HeaderExtensionUris.RtpStreamId]);
        Assert.Equal(11, session.Video.Extensions[HeaderExtensionUris.RepairedRtpStreamId]);
        Assert.Equal(3, session.Video.Extensions.Count);
        Assert.True(session.ExtensionMapAllowMixed);
    }

    [Fact]
    public void Host_WithSimulcastAllowed_ReceivesItsRids()
    {
        var session = SdpSamples.Answer(SdpSamples.ChromiumHost, SdpSamples.Publish with { AllowSimulcast = true });

        Assert.Equal(["q", "h", "f"], session.Video!.Rids);
        var text = session.Answer.ToString();
        Assert.Contains("a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Host_InRoomFixedToVp8_GetsVp8Only()
    {
        var session = SdpSamples.Answer(SdpSamples.ChromiumHost, SdpSamples.Publish with { VideoCodecs = [SdpCodec.Vp8] });

        var codec = Assert.Single(session.Video!.Codecs);
        Assert.Equal((SdpCodec.Vp8, (byte)96, (byte?)97), (codec.Codec, codec.PayloadType, codec.RtxPayloadType));
        Assert.Equal([96, 97], session.Answer.Media[1].Formats.Select(format => (int)format.PayloadType));
    }

    [Fact]
    public void Viewer_GetsEveryCodecTheRelayKnows()
    {
        var session = SdpSamples.Answer(SdpSamples.ChromiumViewer, SdpSamples.Subscribe);

        Assert.Equal(
            [(SdpCodec.H264, 108, 109), (SdpCodec.Vp8, 96, 97)],
            session.Video!.Codecs.Select(codec => (codec.Codec, (int)codec.PayloadType, (int)codec.RtxPayloadType!)));
        Assert.Equal(new NegotiatedSource(2222, 3333, "relay"), session.Video.LocalSource);
        Assert.Equal(new NegotiatedSource(1111, null, "relay"), session.Audio!.LocalSource);
        Assert.Equal(new NegotiatedData(2, "2", 5000, 262144), session.Data);
    }

    [Fact]
    public void Viewer_AnswerAnnouncesStreams()
    {
        var answer = SdpSamples.Answer(SdpSamples.ChromiumViewer, SdpSamples.Subscribe).Answer.ToString();

        Assert.Contains("a=group:BUNDLE 0 1 2\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=ice-lite\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=extmap-allow-mixed\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=msid:feed feed-audio\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=msid:feed feed-video\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=ssrc-group:FID 2222 3333\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=ssrc:3333 cname:relay\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=candidate:1 1 udp 2130706431 192.0.2.7 7882 typ host\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=candidate:2 1 udp 2130706175 2001:db8::7 7882 typ host\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("m=audio 7882 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 192.0.2.7\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=sctp-port:5000\r\na=max-message-size:262144\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("transport-cc", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("red/", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("usedtx", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Viewer_CongestionFeedback_OnlyWhereAllowed()
    {
        var policy = SdpSamples.Subscribe with
        {
            VideoFeedback = FeedbackKinds.Nack | FeedbackKinds.TransportCc | FeedbackKinds.Remb,
            AudioFeedback = FeedbackKinds.TransportCc,
            VideoExtensions = [HeaderExtensionUris.TransportWideCc],
        };

        var session = SdpSamples.Answer(SdpSamples.ChromiumViewer, policy);

        Assert.All(session.Video!.Codecs, codec =>
            Assert.Equal(FeedbackKinds.Nack | FeedbackKinds.TransportCc | FeedbackKinds.Remb, codec.Feedback));
        Assert.Equal(FeedbackKinds.TransportCc, session.Audio!.Codecs[0].Feedback);
        Assert.Equal(3, session.Video.Extensions[HeaderExtensionUris.TransportWideCc]);
        Assert.Contains("a=rtcp-fb:96 transport-cc\r\n", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host-offer-simulcast.sdp")]
    [InlineData("viewer-offer.sdp")]
    public void Fixture_ReadWithEitherLineEnd_IsTheSame(string name)
    {
        var text = SdpSamples.Offer(name);
        Assert.Contains("\r\n", text, StringComparison.Ordinal);

        var crlf = SdpSamples.Parse(text);
        var lf = SdpSamples.Parse(text.Replace("\r\n", "\n", StringComparison.Ordinal));

        Assert.Equal(crlf.ToString(), lf.ToString());
        Assert.Equal(crlf.ToString(), SdpSamples.Parse(crlf.ToString()).ToString());
    }
}
