using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>Which encodings of a simulcast the relay passes on and asks for, and what it negotiates for choosing among them.</summary>
public class LayerTests
{
    private static readonly SimulatedHostOptions Simulcast = new(VideoCodec.Vp8, Encodings: 3);

    [Fact]
    public void KeyFrameRequests_ForAllEncodings_ReachTheHostOnceASecond()
    {
        using var show = new Show(seed: 31, shards: 2);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast);
        show.Run(500);
        var viewers = Enumerable.Range(0, 4).Select(_ => show.AddViewer(room)).ToList();
        show.Run(2_000);
        var before = RequestsSent(show);
        var perEncoding = host.Peer.PictureLosses.Count;
        for (var i = 0; i < 50; i++)
        {
            // Viewers of different encodings lose a picture ten times a second.
            show.Harness.Relay.MaxLayer = i / 7 % 3;
            viewers.ForEach(viewer => viewer.RequestKeyFrame());
            show.Run(100);
        }

        Assert.InRange(RequestsSent(show) - before, 3, 6);
        Assert.All(
            host.Peer.PictureLosses.Skip(perEncoding).GroupBy(ssrc => ssrc), requests => Assert.InRange(requests.Count(), 1, 6));
        show.AssertStreams();
    }

    [Fact]
    public void Encodings_ThatNobodyWatches_AreNotPassedOnAndComeBackWithAKeyFrame()
    {
        using var show = new Show(seed: 32, shards: 2);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast);
        show.Run(500);
        var viewer = show.AddViewer(room);
        show.Run(3_000);
        Assert.Equal(host.Encodings[2].Id, LastPicture(viewer).Encoding);
        var paused = Paused(show);
        show.Run(1_000);
        Assert.InRange(Paused(show) - paused, 50, 250);
        Assert.Equal(1 << 2, room.Feed.WatchedLayers);

        show.Harness.Relay.MaxLayer = 0;
        show.Run(2_500);
        Assert.Equal(host.Encodings[0].Id, LastPicture(viewer).Encoding);
        Assert.Equal(1, room.Feed.WatchedLayers);
        show.AssertStreams();
    }

    [Fact]
    public void LargestEncoding_WithoutViewers_GoesOnSoThatTheFirstFindsAKeyFrame()
    {
        using var show = new Show(seed: 33, shards: 2);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast);
        show.Run(1_200);
        var viewer = show.AddViewer(room);
        show.Run(300);

        Assert.Equal(host.Encodings[2].Id, viewer.Video.Packets.Values.First().Mark!.Value.Encoding);
        show.AssertStreams();
    }

    [Fact]
    public void Encoding_PausedForMinutes_ComesBackAlthoughItsNumbersHaveWrapped()
    {
        using var show = new Show(seed: 34, shards: 1);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast);
        show.Run(500);
        show.Harness.Relay.MaxLayer = 0;
        var viewer = show.AddViewer(room);
        show.Run(2_500);
        Assert.Equal(host.Encodings[0].Id, LastPicture(viewer).Encoding);

        // More than half of a round of 16 bits: the next number looks older than the last one that was passed on.
        for (var i = 0; i < 2; i++)
        {
            host.Encodings[2].Skip(20_000);
            show.Run(100);
        }

        show.Harness.Relay.MaxLayer = 2;
        show.Run(3_000);
        Assert.Equal(host.Encodings[2].Id, LastPicture(viewer).Encoding);
        show.AssertStreams();
    }

    [Fact]
    public void Encoding_StartedAnewUnderAnotherSsrc_GoesOnAndTheOthersDoNotNotice()
    {
        using var show = new Show(seed: 35, shards: 2);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast);
        show.Run(500);
        var viewer = show.AddViewer(room);
        show.Run(2_500);
        var switches = room.Feed.Switches;
        host.Restart(2);
        show.Run(2_000);

        Assert.Equal(host.Encodings[2].Id, LastPicture(viewer).Encoding);
        Assert.Equal(switches, room.Feed.Switches);
        show.AssertStreams();
        LipSync.AssertAligned(viewer, 0);
    }

    [Fact]
    public void Viewer_PausedUntilASmallerEncodingCame_GoesOnWithoutAHoleWhenTheOldOneIsWantedAgain()
    {
        using var show = new Show(seed: 36, shards: 1);
        var room = show.Room("room");
        show.AddHost(room, Simulcast);
        show.Run(500);
        var viewer = show.AddViewer(room);
        show.Run(2_500);
        var subscription = viewer.Session.Video!;
        var layer = subscription.Layer;

        // The path collapses, and before a key frame could come it is wide again.
        subscription.Want(show.Harness.Now, layer == 0 ? 1 : 0, isUrgent: true);
        show.Run(40);
        subscription.Want(show.Harness.Now, layer);
        show.Run(1_500);

        Assert.Equal(layer, subscription.Layer);
        Assert.True(show.Harness.Now - viewer.Video.Packets.Values.Last().SentAt < TimeSpan.FromMilliseconds(100));
        show.AssertStreams();
    }

    [Fact]
    public void Viewer_WithoutTheSlatesCodec_SeesTheHostBeforeAndAfterItWithoutAHole()
    {
        using var show = new Show(seed: 39, shards: 2, slate: VideoCodec.H264);
        var room = show.Room("room");
        var host = show.AddHost(room, Simulcast with { Encodings = 1 });
        show.Run(500);
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(Codecs: [SdpCodec.Vp8]));
        show.Run(1_000);
        host.IsMuted = true;
        show.Run(3_000);
        Assert.Equal(Relay.Forwarding.SourceKind.Slate, room.Feed.ActiveKind);
        host.IsMuted = false;
        show.Run(1_500);

        Assert.DoesNotContain(viewer.Video.Packets.Values, packet => packet.Mark!.Value.IsSlate);
        Assert.True(show.Harness.Now - viewer.Video.Packets.Values.Last().SentAt < TimeSpan.FromMilliseconds(100));
        show.AssertStreams();
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(1, false)]
    public void TransportFeedback_IsAskedForOnlyWhereThereIsALayerToChoose(int encodings, bool isNumbered)
    {
        using var show = new Show(seed: 37, shards: 1);
        var room = show.Room("room");
        show.AddHost(room, Simulcast with { Encodings = encodings });
        show.Run(1_500);
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(HasTransportFeedback: true));
        show.Run(1_500);

        Assert.True(viewer.HasTransportFeedback);
        Assert.Equal(isNumbered, viewer.TransportNumbers.Count > 0);
        Assert.Equal(isNumbered, viewer.Session.EstimateBitsPerSecond > 0);
    }

    [Fact]
    public void TransportFeedback_ForAReturnFeed_IsNotNegotiated()
    {
        using var show = new Show(seed: 38, shards: 1);
        var room = show.Room("room");
        show.AddHost(room, Simulcast);
        var offer = new OfferOptions
        {
            Role = NegotiationRole.Subscribe,
            VideoFeedback = FeedbackKinds.Nack | FeedbackKinds.TransportCc,
            VideoExtensions = [HeaderExtensionUris.Mid, HeaderExtensionUris.TransportWideCc],
        };
        var viewer = show.Harness.Watch(room, offer, isReturn: true);

        Assert.False(viewer.Session!.Video!.Extensions.ContainsKey(HeaderExtensionUris.TransportWideCc));
    }

    private static Mark LastPicture(SimulatedViewer viewer) => viewer.Video.Packets.Values.Last().Mark!.Value;

    private static long RequestsSent(Show show) => show.Harness.Shards.Sum(shard => shard.Counters.KeyFrameRequestsSent);

    private static long Paused(Show show) => show.Harness.Shards.Sum(shard => shard.Counters.PacketsPaused);
}
