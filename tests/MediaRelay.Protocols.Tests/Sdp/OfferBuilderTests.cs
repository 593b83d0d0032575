using MediaRelay.Protocols.Sdp;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>The headless client's offer, the server's answer, and both sides' view of what they agreed on.</summary>
public class OfferBuilderTests
{
    private static readonly AnnouncedStreams HostStreams = new("host", "s", "sa", "sv", 10, 20, 30);

    [Fact]
    public void Publish_BothSidesSeeTheSame()
    {
        var options = new OfferOptions { Role = NegotiationRole.Publish, Streams = HostStreams };

        var (server, client) = Negotiate(options, SdpSamples.Publish);

        var codec = Assert.Single(client.Video!.Codecs);
        Assert.Equal((SdpCodec.H264, 96, (byte?)97), (codec.Codec, codec.PayloadType, codec.RtxPayloadType));
        Assert.Equal(MediaDirection.SendOnly, client.Video.Direction);
        Assert.Equal(new NegotiatedSource(20, 30, "host"), client.Video.LocalSource);
        Assert.Equal(new NegotiatedSource(10, null, "host"), client.Audio!.LocalSource);
        Assert.Equal([client.Video.LocalSource!], server.Video!.RemoteSources);
        Assert.Empty(client.Video.RemoteSources);
        Assert.False(client.IsDtlsServer);
        Assert.True(client.IsRemoteIceLite);
        Assert.Equal("srvu", client.RemoteIceUfrag);
        Assert.Equal("clnt", server.RemoteIceUfrag);
        Assert.Equal(["192.0.2.7", "2001:db8::7"], client.RemoteCandidates.Select(candidate => candidate.Address));
    }

    [Fact]
    public void Publish_SimulcastAllowed_BothSidesSeeTheRids()
    {
        var options = new OfferOptions { Role = NegotiationRole.Publish, Streams = HostStreams, SimulcastRids = ["l", "h"] };

        var (server, client) = Negotiate(options, SdpSamples.Publish with { AllowSimulcast = true });

        Assert.Equal(["l", "h"], client.Video!.Rids);
        Assert.Equal(["l", "h"], server.Video!.Rids);
        Assert.Empty(server.Video.RemoteSources);
        Assert.Equal("sv", server.Video.RemoteMsid!.TrackId);
    }

    [Fact]
    public void Publish_SimulcastRefused_ClientSendsOne()
    {
        var options = new OfferOptions { Role = NegotiationRole.Publish, Streams = HostStreams, SimulcastRids = ["l", "h"] };

        var (_, client) = Negotiate(options, SdpSamples.Publish);

        Assert.Empty(client.Video!.Rids);
    }

    [Fact]
    public void Publish_WithoutRtx_AnnouncesNoneAndUsesNone()
    {
        var options = new OfferOptions { Role = NegotiationRole.Publish, Streams = HostStreams, Rtx = false };

        var (server, client) = Negotiate(options, SdpSamples.Publish);

        Assert.Equal(new NegotiatedSource(20, null, "host"), client.Video!.LocalSource);
        Assert.Null(server.Video!.Codecs[0].RtxPayloadType);
    }

    [Fact]
    public void Subscribe_BothSidesSeeTheSame()
    {
        var options = new OfferOptions { Role = NegotiationRole.Subscribe, Data = true, MaxMessageSize = 100000 };

        var (server, client) = Negotiate(options, SdpSamples.Subscribe with { MaxMessageSize = 70000 });

        Assert.Equal([SdpCodec.H264, SdpCodec.Vp8], client.Video!.Codecs.Select(codec => codec.Codec));
        Assert.Equal([server.Video!.LocalSource!], client.Video.RemoteSources);
        Assert.Equal(new Msid("feed", "feed-video"), client.Video.RemoteMsid);
        Assert.Equal(server.Video.Extensions, client.Video.Extensions);
        Assert.Equal(new NegotiatedData(2, "2", 5000, 70000), client.Data);
        Assert.Equal(new NegotiatedData(2, "2", 5000, 100000), server.Data);
        Assert.True(client.Audio!.ReducedSizeRtcp);
        Assert.True(client.ExtensionMapAllowMixed);
        Assert.Equal(FeedbackKinds.Nack | FeedbackKinds.Pli | FeedbackKinds.Fir, client.Video.Codecs[0].Feedback);
    }

    [Fact]
    public void Subscribe_DataOnly()
    {
        var options = new OfferOptions { Role = NegotiationRole.Subscribe, Audio = false, VideoCodecs = [], Data = true };

        var (_, client) = Negotiate(options, SdpSamples.Subscribe);

        Assert.Empty(client.Media);
        Assert.NotNull(client.Data);
    }

    [Fact]
    public void Build_OptionsThatAskForNothing_Throw()
    {
        Assert.Throws<ArgumentException>(() => OfferBuilder.Build(
            new OfferOptions { Role = NegotiationRole.Subscribe, Audio = false, VideoCodecs = [] }, SdpSamples.Client));
        Assert.Throws<ArgumentException>(() => OfferBuilder.Build(
            new OfferOptions { Role = NegotiationRole.Publish }, SdpSamples.Client));
        Assert.Throws<ArgumentException>(() => OfferBuilder.Build(
            new OfferOptions { Role = NegotiationRole.Subscribe, VideoCodecs = [SdpCodec.Opus] }, SdpSamples.Client));
    }

    private static (NegotiatedSession Server, NegotiatedSession Client) Negotiate(OfferOptions options, AnswerPolicy policy)
    {
        var offer = OfferBuilder.Build(options, SdpSamples.Client);
        var server = SdpSamples.Answer(offer.ToString(), policy);
        var answer = SdpSamples.Parse(server.Answer.ToString());
        Assert.True(AnswerReader.TryRead(offer, answer, out var client, out var error), error);
        return (server, client);
    }
}
