using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>Offers in the manner of clients that number, name and order things in their own ways.</summary>
public class ClientOfferTests
{
    [Theory]
    [InlineData("firefox-host.sdp", SdpCodec.H264, 126, 127, 109)]
    [InlineData("node-libwebrtc-host.sdp", SdpCodec.Vp8, 96, 97, 111)]
    [InlineData("werift-host.sdp", SdpCodec.Vp8, 97, 98, 96)]
    [InlineData("libdatachannel-host.sdp", SdpCodec.H264, 96, null, 111)]
    [InlineData("gstreamer-host.sdp", SdpCodec.H264, 96, 98, 97)]
    public void Host_GetsOneVideoCodecByItsOwnNumbers(string name, SdpCodec codec, int video, int? rtx, int audio)
    {
        var session = SdpSamples.Answer(SdpSamples.Offer(name), SdpSamples.Publish);

        var chosen = Assert.Single(session.Video!.Codecs);
        Assert.Equal((codec, video, rtx), (chosen.Codec, chosen.PayloadType, (int?)chosen.RtxPayloadType));
        Assert.Equal(audio, Assert.Single(session.Audio!.Codecs).PayloadType);
        Assert.All(session.Media, media => Assert.Equal(MediaDirection.RecvOnly, media.Direction));
        Assert.Null(session.Data);
    }

    [Theory]
    [InlineData("safari-viewer.sdp", "H264 98/99, Vp8 104/105", 111)]
    [InlineData("aiortc-viewer.sdp", "H264 101/102, Vp8 97/98", 96)]
    [InlineData("pion-viewer.sdp", "H264 102/103, Vp8 96/97", 111)]
    public void Viewer_GetsEveryKnownCodecByItsOwnNumbers(string name, string video, int audio)
    {
        var session = SdpSamples.Answer(SdpSamples.Offer(name), SdpSamples.Subscribe);

        var chosen = session.Video!.Codecs.Select(codec => $"{codec.Codec} {codec.PayloadType}/{codec.RtxPayloadType}");
        Assert.Equal(video, string.Join(", ", chosen));
        Assert.Equal(audio, Assert.Single(session.Audio!.Codecs).PayloadType);
        Assert.All(session.Media, media => Assert.Equal(MediaDirection.SendOnly, media.Direction));
    }

    [Fact]
    public void Firefox_BundleOnlyAndSessionFingerprint_AreUnderstood()
    {
        var session = SdpSamples.Answer(
            SdpSamples.Offer("firefox-host.sdp"), SdpSamples.Publish with { AllowSimulcast = true });

        Assert.Equal("1d5c6f2a", session.RemoteIceUfrag);
        Assert.Single(session.RemoteFingerprints);
        Assert.NotEqual(0, session.Answer.Media[1].Port);
        Assert.Equal(["hi", "lo"], session.Video!.Rids);
        var text = session.Answer.ToString();
        Assert.Contains("a=rid:lo recv max-width=640;max-height=360\r\n", text, StringComparison.Ordinal);
        Assert.Contains("a=extmap:8/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("playout-delay", text, StringComparison.Ordinal);
        Assert.Contains("a=fmtp:109 useinbandfec=1\r\n", text, StringComparison.Ordinal);
        Assert.Contains("a=msid-semantic:WMS *\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Libdatachannel_SessionLevelTransport_AndBundleInOtherOrder()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("libdatachannel-host.sdp"), SdpSamples.Publish);

        Assert.Equal(("eZGp", "nIxr3S3ZAGLq5bAkuTTkkb"), (session.RemoteIceUfrag, session.RemoteIcePwd));
        Assert.Equal("video-stream", session.Answer.Bundle!.Mids[0]);
        Assert.NotEmpty(session.Answer.Media[1].Candidates);
        Assert.Equal(new Msid("k2Bm", "rc2CxkrV-video"), session.Video!.RemoteMsid);
        Assert.Equal(FeedbackKinds.Nack | FeedbackKinds.Pli, session.Video.Codecs[0].Feedback);
    }

    [Fact]
    public void Libdatachannel_DataOnly_IsAccepted()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("libdatachannel-viewer-data-only.sdp"), SdpSamples.Subscribe);

        Assert.Empty(session.Media);
        Assert.Equal(new NegotiatedData(0, "0", 5000, 262144), session.Data);
        Assert.Contains(
            "m=application 7882 UDP/DTLS/SCTP webrtc-datachannel\r\n", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Aiortc_SeveralFingerprintsAndCandidates_AreKept()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("aiortc-viewer.sdp"), SdpSamples.Subscribe);

        Assert.Equal(["sha-256", "sha-384"], session.RemoteFingerprints.Select(fingerprint => fingerprint.Algorithm));
        Assert.Equal("203.0.113.9", Assert.Single(session.RemoteCandidates).Address);
        Assert.Equal(FeedbackKinds.Nack | FeedbackKinds.Pli, session.Video!.Codecs[0].Feedback);
        Assert.Empty(session.Audio!.RemoteSources);
        Assert.False(session.Audio.ReducedSizeRtcp);
    }

    [Fact]
    public void Pion_FeedbackForAll_HoldsForEachFormat()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("pion-viewer.sdp"), SdpSamples.Subscribe);

        Assert.Equal(
            [FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir, FeedbackKinds.Nack | FeedbackKinds.Pli],
            session.Video!.Codecs.Select(codec => codec.Feedback));
        Assert.Equal(MediaKind.Video, session.Media[0].Kind);
        Assert.True(session.Audio!.ReducedSizeRtcp);
        Assert.Contains("profile-level-id=42001f\r\n", session.Answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Gstreamer_RtcpMuxOnlyAndBundleOnly_AreAnswered()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("gstreamer-host.sdp"), SdpSamples.Publish);

        Assert.Equal(["video0", "audio1"], session.Media.Select(media => media.Mid));
        Assert.NotEqual(0, session.Answer.Media[1].Port);
        Assert.All(session.Answer.Media, section => Assert.True(section is { RtcpMux: true, RtcpMuxOnly: true }));
        Assert.Equal("packetization-mode=1;profile-level-id=42c01f", session.Answer.Media[0].Formats[0].Parameters.Text);
        Assert.StartsWith("Z0LAH9oB", session.Video!.Codecs[0].Parameters["sprop-parameter-sets"], StringComparison.Ordinal);
    }

    [Fact]
    public void Werift_RetransmissionStreamIsPairedWhereverTheGroupStands()
    {
        var session = SdpSamples.Answer(SdpSamples.Offer("werift-host.sdp"), SdpSamples.Publish);

        Assert.Equal(new NegotiatedSource(99182, 18820, "5f3e"), Assert.Single(session.Video!.RemoteSources));
        Assert.Equal(new NegotiatedSource(3178242, null, "5f3e"), Assert.Single(session.Audio!.RemoteSources));
    }
}
