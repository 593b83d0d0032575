using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Tests;

/// <summary>What a viewer sees of a room's feed, whatever its source does.</summary>
public class FeedTests
{
    internal static readonly OfferOptions ViewerOptions = new() { Role = NegotiationRole.Subscribe };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Viewer_JoinsWhileHostIsLive_StartsAtAKeyFrameAndMissesNothing(int shards)
    {
        using var harness = new RelayHarness(shards);
        var room = harness.Room();
        var host = Start(harness, room, 1);
        host.Play(400);
        var viewers = Enumerable.Range(0, 4).Select(_ => harness.Watch(room, ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        host.Play(3_000);

        foreach (var viewer in viewers)
        {
            var video = Video(viewer);
            Assert.True(FakeHost.Read(video[0].Payload)!.Value.IsKeyFrame);
            AssertContinuous(video);
            AssertContinuous(Audio(viewer));
            Assert.True(video.Count > 200, $"only {video.Count} video packets");
        }
    }

    [Fact]
    public void Viewer_BeforeTheHost_GetsTheSlateAndThenTheHostOnTheSameTimeline()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        harness.Run(1_000);
        var slate = Video(viewer);
        Assert.True(slate.Count >= 4, $"the slate came {slate.Count} times in a second");
        Assert.Equal(SourceKind.Slate, room.Feed.ActiveKind);
        Assert.True(Audio(viewer).Count >= 45, "no silence under the slate");

        var host = Start(harness, room, 1);
        host.Play(1_000);
        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        var video = Video(viewer);
        AssertContinuous(video);
        AssertContinuous(Audio(viewer));
        Assert.Equal(1, FakeHost.Read(video[^1].Payload)!.Value.Name);
    }

    [Fact]
    public void Host_AwayAndBack_IsASwitchOnTheSameTrack()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        var host = Start(harness, room, 1);
        host.Play(1_000);
        harness.Run(3_000);
        Assert.Equal(SourceKind.Slate, room.Feed.ActiveKind);
        host.Play(2_000);

        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        AssertContinuous(Video(viewer));
        AssertContinuous(Audio(viewer));
        Assert.Single(Video(viewer).Select(packet => packet.Ssrc).Distinct());
    }

    [Fact]
    public void Host_PublishesAgain_ReplacesItsOldSessionAtTheFirstKeyFrame()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        var first = Start(harness, room, 1);
        first.Play(1_000);
        var second = Start(harness, room, 2);
        for (var i = 0; i < 5; i++)
        {
            first.Play(100);
        }

        Assert.Equal("host", room.Host!.Identity);
        Assert.False(first.Peer.Connection!.IsClosed);
        second.Play(1_000);

        Assert.True(first.Peer.Connection!.IsClosed);
        Assert.Equal(2, FakeHost.Read(Video(viewer)[^1].Payload)!.Value.Name);
        AssertContinuous(Video(viewer));
    }

    [Fact]
    public void Mix_JoinsAndRetires_WithoutAGapOrAStepBack()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        var host = Start(harness, room, 1);
        host.Play(1_000);
        var removed = false;
        var requests = 0;
        var mix = room.AddMix(VideoCodec.H264, _ => requests++, static () => { }, () => removed = true);
        var mixer = new FakeMix(mix, 9);
        PlayBoth(host, mixer, 1_000);
        Assert.Equal(SourceKind.Mix, room.Feed.ActiveKind);
        Assert.Equal(9, FakeHost.Read(Video(viewer)[^1].Payload)!.Value.Name);
        Assert.True(requests > 0, "the encoder was not asked for a key frame");

        mix.Retire();
        PlayBoth(host, mixer, 2_000);
        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        Assert.True(removed);
        var back = Video(viewer).SkipWhile(packet => packet.Payload[^1] != 9).First(packet => packet.Payload[^1] == 1);
        Assert.True(FakeHost.Read(back.Payload)!.Value.IsKeyFrame, "the host came back without its parameter sets");
        AssertContinuous(Video(viewer));
        AssertContinuous(Audio(viewer));
        AssertNoGap(Video(viewer), maxTicks: 9_000);
    }

    [Fact]
    public void Mix_Dies_RoomFallsBackToItsHostWithinASecond()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        var host = Start(harness, room, 1);
        host.Play(1_000);
        var mixer = new FakeMix(room.AddMix(VideoCodec.H264, static _ => { }, static () => { }, static () => { }), 9);
        PlayBoth(host, mixer, 1_000);
        Assert.Equal(SourceKind.Mix, room.Feed.ActiveKind);
        host.Play(1_700);

        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        AssertContinuous(Video(viewer));
    }

    [Fact]
    public void Mix_DiesJustAfterTheHostWasAskedForAKeyFrame_HostIsAskedAgainAtOnce()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        var host = Start(harness, room, 1);
        host.Play(1_000);
        var mix = room.AddMix(VideoCodec.H264, static _ => { }, static () => { }, static () => { });
        var mixer = new FakeMix(mix, 9);
        PlayBoth(host, mixer, 1_000);
        room.RequestHostKeyFrame();
        PlayBoth(host, mixer, 100);

        mix.Remove();
        host.Play(400);
        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        AssertContinuous(Video(viewer));
        AssertNoGap(Video(viewer), maxTicks: 300 * 90);
    }

    [Fact]
    public void Host_WhoseKeyFrameComesSlowly_TakesOverWhenAllOfItIsThere()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        harness.Run(1_000);
        var host = Start(harness, room, 1);
        var before = Video(viewer).Count;
        host.SendPicture(isKeyFrame: true, packets: 16, millisecondsEach: 50);
        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        host.Play(500);

        var video = Video(viewer);
        var slates = video.Skip(before).TakeWhile(packet => FakeHost.Read(packet.Payload)?.Name != 1).Count();
        Assert.True(slates >= 3, $"the slate stood still: {slates} packets in 800 ms");
        var taken = video.Skip(before + slates).Take(16).Select(packet => FakeHost.Read(packet.Payload)!.Value).ToList();
        Assert.All(taken, packet => Assert.Equal(0u, packet.Frame));
        Assert.True(taken[0].IsKeyFrame);
        AssertContinuous(video);
        AssertNoGap(video, maxTicks: 300 * 90);
    }

    [Fact]
    public void Host_WhoseKeyFrameLostAPacket_TakesOverWithWhatFollowsOnceItIsResent()
    {
        using var harness = new RelayHarness(2, TestSlate());
        var room = harness.Room();
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        harness.Run(300);
        var host = Start(harness, room, 1);
        byte[]? lost = null;
        var count = 0;
        host.Lose = datagram => ++count == 5 && (lost = datagram) is not null;
        host.SendPicture(isKeyFrame: true, packets: 10);
        host.SendPicture(isKeyFrame: false);
        harness.Run(50);
        Assert.Equal(SourceKind.Slate, room.Feed.ActiveKind);

        harness.Send(host.Peer, lost!);
        harness.Run(50);
        Assert.Equal(SourceKind.Host, room.Feed.ActiveKind);
        AssertContinuous(Video(viewer));
        Assert.Equal(13, Video(viewer).Count(packet => FakeHost.Read(packet.Payload)?.Name == 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Loss_OnTheWayToAViewer_IsResentOnNack(bool takesRtx)
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = Start(harness, room, 1);
        var viewer = harness.Watch(room, ViewerOptions with { Rtx = takesRtx });
        harness.Connect(viewer);
        host.Play(500);
        var count = 0;
        byte[]? lost = null;
        harness.Lose = (to, datagram) =>
        {
            if (to == viewer.Address && datagram.Length > 100 && ++count == 20)
            {
                lost = datagram;
                return true;
            }

            return false;
        };
        host.Play(500);
        var missing = new SequenceNumber(System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(lost.AsSpan(2)));
        Assert.DoesNotContain(Video(viewer), packet => packet.Sequence == missing.Value);

        var nack = new byte[64];
        var length = Protocols.Rtcp.RtcpWriter.WriteNack(nack, new Ssrc(5), new Ssrc(Video(viewer)[0].Ssrc), [missing], out _);
        harness.Send(viewer, viewer.ProtectRtcp(nack.AsSpan(0, length)));
        harness.Run(20);

        var plain = takesRtx ? viewer.Retransmissions().Single(packet => packet[2..4].SequenceEqual(lost![2..4]))
            : Video(viewer).Single(packet => packet.Sequence == missing.Value).Raw;
        Assert.Equal(lost!.Length - 16, plain.Length);
        Assert.Equal(lost[..12], plain[..12]);
    }

    [Fact]
    public void KeyFrameRequests_OfManyViewers_ReachTheHostOnceASecond()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = Start(harness, room, 1);
        var viewers = Enumerable.Range(0, 10).Select(_ => harness.Watch(room, ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        host.Play(2_000);
        var before = host.Peer.KeyFrameRequests;
        for (var i = 0; i < 30; i++)
        {
            foreach (var viewer in viewers)
            {
                var pli = new byte[16];
                var length = Protocols.Rtcp.RtcpWriter.WritePictureLossIndication(pli, new Ssrc(5), new Ssrc(Video(viewer)[0].Ssrc));
                harness.Send(viewer, viewer.ProtectRtcp(pli.AsSpan(0, length)));
            }

            host.Play(100);
        }

        Assert.InRange(host.Peer.KeyFrameRequests - before, 2, 4);
    }

    [Fact]
    public void SenderReports_ToViewers_CarryTheHostsCaptureTime()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = Start(harness, room, 1);
        var viewer = harness.Watch(room, ViewerOptions);
        harness.Connect(viewer);
        host.Play(1_000);
        Assert.Empty(viewer.SenderReports);

        // The host's clock is two minutes off; its picture is captured 300 ms before its sound.
        host.SendSenderReports(captureOffsetNanoseconds: 120_000_000_000);
        host.Play(3_000);
        var video = viewer.SenderReports.Last(report => report.Ssrc == Video(viewer)[0].Ssrc);
        var audio = viewer.SenderReports.Last(report => report.Ssrc == Audio(viewer)[0].Ssrc);
        var lastVideo = Video(viewer)[^1];
        var lastAudio = Audio(viewer)[^1];
        var videoCapture = video.Ntp.AddNanoseconds((int)(lastVideo.Timestamp - video.Rtp) * 1_000_000_000L / 90_000);
        var audioCapture = audio.Ntp.AddNanoseconds((int)(lastAudio.Timestamp - audio.Rtp) * 1_000_000_000L / 48_000);
        Assert.InRange((videoCapture - audioCapture) / 1e6, -45, 45);
        Assert.InRange((harness.WallClock - videoCapture) / 1e6, -10, 80);
    }

    internal static FakeHost Start(RelayHarness harness, Rooms.Room room, byte name, string identity = "host")
    {
        var peer = harness.Publish(room, FakeHost.Options(), identity);
        harness.Connect(peer);
        return new FakeHost(harness, peer, name);
    }

    internal static List<Seen> Video(TestPeer viewer) => Packets(viewer, viewer.Session!.Video!);

    internal static List<Seen> Audio(TestPeer viewer) => Packets(viewer, viewer.Session!.Audio!);

    internal static void AssertContinuous(List<Seen> packets)
    {
        Assert.NotEmpty(packets);
        for (var i = 1; i < packets.Count; i++)
        {
            Assert.Equal((ushort)(packets[i - 1].Sequence + 1), packets[i].Sequence);
            Assert.True((int)(packets[i].Timestamp - packets[i - 1].Timestamp) >= 0, $"the timestamp steps back at packet {i}");
        }
    }

    internal static void AssertNoGap(List<Seen> packets, int maxTicks)
    {
        for (var i = 1; i < packets.Count; i++)
        {
            Assert.InRange((int)(packets[i].Timestamp - packets[i - 1].Timestamp), 0, maxTicks);
        }
    }

    internal static Slate TestSlate()
    {
        var key = new byte[] { 0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 1, 2, 0, 0, 0, 1, 0x65, 1, 2, 3 };
        var delta = new byte[] { 0, 0, 0, 1, 0x61, 1 };
        return Slate.FromAccessUnits(VideoCodec.H264, [key, delta, delta, delta]);
    }

    private static List<Seen> Packets(TestPeer viewer, NegotiatedMedia media)
    {
        var types = media.Codecs.Select(codec => codec.PayloadType).ToHashSet();
        var seen = new List<Seen>();
        foreach (var raw in viewer.Rtp)
        {
            Assert.True(RtpPacket.TryParse(raw, out var packet));
            if (types.Contains(packet.PayloadType.Value))
            {
                seen.Add(new Seen(packet.Ssrc.Value, packet.SequenceNumber.Value, packet.Timestamp.Value, packet.Payload.ToArray(), raw));
            }
        }

        return seen;
    }

    private void PlayBoth(FakeHost host, FakeMix mix, int milliseconds)
    {
        for (var at = 0; at < milliseconds; at += 100)
        {
            mix.Push100Milliseconds();
            host.Play(100);
        }
    }

    internal sealed record Seen(uint Ssrc, ushort Sequence, uint Timestamp, byte[] Payload, byte[] Raw);
}
