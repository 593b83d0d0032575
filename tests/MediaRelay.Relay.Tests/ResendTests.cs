using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>What viewers get again, and what the host is asked for again.</summary>
public class ResendTests
{
    [Fact]
    public void Retransmissions_OfSeveralPackets_AreNumberedInARowAndNameTheirOriginals()
    {
        using var harness = new RelayHarness(1);
        var (host, viewer) = Begin(harness, FeedTests.ViewerOptions);
        var video = FeedTests.Video(viewer);
        var wanted = video[^10..^4].ConvertAll(packet => packet.Sequence);
        Ask(harness, viewer, video[0].Ssrc, wanted);
        Ask(harness, viewer, video[0].Ssrc, [video[^3].Sequence]);
        host.Play(100);

        var numbers = Raw(viewer).ConvertAll(packet => packet.Number);
        Assert.Equal(7, numbers.Count);
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.Equal((ushort)(pair.First + 1), pair.Second));
        Assert.Equal(wanted.Append(video[^3].Sequence), viewer.Retransmissions().ConvertAll(NumberOf));
    }

    [Fact]
    public void Viewer_WithoutRtx_GetsTheVeryBytesAgain()
    {
        using var harness = new RelayHarness(1);
        var (host, viewer) = Begin(harness, FeedTests.ViewerOptions with { Rtx = false });
        var before = FeedTests.Video(viewer).Count;
        var lost = new List<byte[]>();
        var sent = new List<byte[]>();
        harness.Lose = (_, _) => true;
        harness.Sent = (peer, datagram) =>
        {
            if (peer == viewer && datagram.Length > 80)
            {
                (harness.Lose is null ? sent : lost).Add(datagram);
            }
        };
        host.SendPicture(isKeyFrame: false);
        harness.Run(5);
        harness.Lose = null;
        var numbers = lost.ConvertAll(NumberOf);
        Ask(harness, viewer, FeedTests.Video(viewer)[0].Ssrc, numbers);
        harness.Run(20);

        Assert.Equal(3, lost.Count);
        Assert.Equal(lost, sent);
        Assert.Equal(before + 3, FeedTests.Video(viewer).Count);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
    }

    [Fact]
    public void Packet_AskedForAgainAndAgain_IsSentAtMostThreeTimesMore()
    {
        using var harness = new RelayHarness(1);
        var (host, viewer) = Begin(harness, FeedTests.ViewerOptions);
        var wanted = FeedTests.Video(viewer)[^1];
        for (var i = 0; i < 10; i++)
        {
            Ask(harness, viewer, wanted.Ssrc, [wanted.Sequence]);
            host.Play(100);
        }

        Assert.Equal(3, viewer.Retransmissions().Count);
        Assert.Equal(7, harness.Shards.Sum(shard => shard.Counters.NacksLimited));
    }

    [Fact]
    public void Packet_AskedForTwiceWithinARoundTrip_IsSentOnce()
    {
        using var harness = new RelayHarness(1);
        var (_, viewer) = Begin(harness, FeedTests.ViewerOptions);
        var wanted = FeedTests.Video(viewer)[^1];
        Ask(harness, viewer, wanted.Ssrc, [wanted.Sequence]);
        harness.Run(10);
        Ask(harness, viewer, wanted.Ssrc, [wanted.Sequence]);
        harness.Run(10);

        Assert.Single(viewer.Retransmissions());
    }

    [Fact]
    public void Loss_BeforeTheRelayThatAllViewersReport_IsAskedForOnce()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Enumerable.Range(0, 6).Select(_ => harness.Watch(room, FeedTests.ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        host.Play(500);
        byte[]? lost = null;
        var count = 0;
        host.Lose = datagram => ++count == 2 && (lost = datagram) is not null;
        host.SendPicture(isKeyFrame: false);
        harness.Run(10);
        foreach (var viewer in viewers)
        {
            var video = FeedTests.Video(viewer);
            var hole = video.Zip(video.Skip(1)).Single(pair => pair.Second.Sequence == (ushort)(pair.First.Sequence + 2)).First.Sequence + 1;
            Ask(harness, viewer, video[0].Ssrc, [(ushort)hole]);
        }

        harness.Run(5);
        var asked = Assert.Single(host.Peer.Nacks);
        Assert.Equal((FakeHost.VideoSsrc, NumberOf(lost!)), asked);
        harness.Send(host.Peer, lost!);
        host.Play(300);

        Assert.Single(host.Peer.Nacks);
        Assert.All(viewers, viewer => Assert.Equal(
            FeedTests.Video(viewer).Count, FeedTests.Video(viewer)[^1].Sequence - FeedTests.Video(viewer)[0].Sequence + 1));
    }

    [Fact]
    public void Loss_BeforeALayerSwitch_IsFilledFromTheEncodingThatItWasOf()
    {
        using var show = new Show(seed: 21, shards: 2);
        var room = show.Room("room");
        show.AddHost(room, new SimulatedHostOptions(VideoCodec.Vp8, Encodings: 2));
        show.Run(500);
        var viewer = show.AddViewer(room);
        show.Run(2_500);
        var last = viewer.Video.Packets.Values.Last();

        // All of these are lost, and asked for only when the other encoding plays.
        viewer.Downlink.Loss = 1;
        show.Run(60);
        viewer.Downlink.Loss = 0;
        show.Harness.Relay.MaxLayer = 0;
        show.Run(1_500);

        var stream = viewer.Video.Packets;
        var after = stream.Values.Last();
        Assert.NotEqual(last.Mark!.Value.Stream, after.Mark!.Value.Stream);
        for (var number = stream.Keys.First(); number <= after.Number; number++)
        {
            Assert.True(stream.ContainsKey(number), $"number {number} never came");
        }

        show.AssertStreams();
    }

    [Fact]
    public void Nack_ForWhatIsNotKept_IsCounted()
    {
        using var harness = new RelayHarness(1);
        var (_, viewer) = Begin(harness, FeedTests.ViewerOptions);
        var first = FeedTests.Video(viewer)[0];
        Ask(harness, viewer, first.Ssrc, [(ushort)(first.Sequence - 5), (ushort)(FeedTests.Video(viewer)[^1].Sequence + 50)]);
        harness.Run(10);

        Assert.Equal(2, harness.Shards[0].Counters.NacksUnanswered);
        Assert.Empty(viewer.Retransmissions());
    }

    private static (FakeHost Host, TestPeer Viewer) Begin(RelayHarness harness, Protocols.Sdp.OfferOptions options)
    {
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewer = harness.Watch(room, options);
        harness.Connect(viewer);
        host.Play(500);
        return (host, viewer);
    }

    private static void Ask(RelayHarness harness, TestPeer viewer, uint ssrc, IReadOnlyList<ushort> numbers)
    {
        var nack = new byte[200];
        var length = RtcpWriter.WriteNack(nack, new Ssrc(5), new Ssrc(ssrc), [.. numbers.Select(number => new SequenceNumber(number))], out _);
        harness.Send(viewer, viewer.ProtectRtcp(nack.AsSpan(0, length)));
    }

    private static List<(ushort Number, byte[] Packet)> Raw(TestPeer viewer)
    {
        var types = viewer.Session!.Video!.Codecs.Select(codec => codec.RtxPayloadType).ToHashSet();
        var raw = new List<(ushort, byte[])>();
        foreach (var packet in viewer.Rtp)
        {
            Assert.True(RtpPacket.TryParse(packet, out var parsed));
            if (types.Contains(parsed.PayloadType.Value))
            {
                raw.Add((parsed.SequenceNumber.Value, packet));
            }
        }

        return raw;
    }

    private static ushort NumberOf(byte[] packet) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
}
