using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Tests.Forwarding;

namespace MediaRelay.Relay.Tests;

/// <summary>How a loop's viewers get what a turn brings.</summary>
public class FeedFanoutTests
{
    [Fact]
    public void Picture_ForSeveralViewers_LeavesViewerByViewerInPacketsOfEqualLength()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Connect(harness, room, 3);
        host.Play(500);
        var sent = new List<(TestPeer Viewer, int Length)>();
        harness.Sent = (peer, datagram) => sent.Add((peer, datagram.Length));
        host.SendPicture([700, 650, 690, 400]);
        host.SendSound();
        harness.Turn(1);

        var runs = sent.Where(one => viewers.Contains(one.Viewer)).ToList();
        Assert.Equal(15, runs.Count);
        Assert.Equal(3, runs.Zip(runs.Skip(1)).Count(pair => pair.First.Viewer != pair.Second.Viewer) + 1);
        foreach (var run in runs.GroupBy(one => one.Viewer))
        {
            // The picture's last packet is too short to be filled up; sound comes behind it.
            var lengths = run.Select(one => one.Length).ToList();
            Assert.Single(lengths[..3].Distinct());
            Assert.True(lengths[3] < lengths[0] && lengths[4] < lengths[3]);
        }
    }

    [Fact]
    public void Sound_ThatIsThere_RidesBehindAPaddedPicture()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewer = Connect(harness, room, 1)[0];
        host.Play(500);
        var sent = new List<int>();
        harness.Sent = (peer, datagram) =>
        {
            if (peer == viewer)
            {
                sent.Add(datagram.Length);
            }
        };
        host.SendPicture([700, 700, 640]);
        host.SendSound();
        harness.Turn(1);

        Assert.Equal(4, sent.Count);
        Assert.Single(sent[..3].Distinct());
        Assert.True(sent[3] < sent[2]);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
        Assert.Equal(640, FeedTests.Video(viewer)[^1].Payload.Length);
    }

    [Fact]
    public void KeyFrame_OfManyPackets_LeavesInSlicesForEverybodyAndSoundDoesNotWait()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Connect(harness, room, 2);
        host.Play(500);
        harness.Run(20);
        var pictures = new List<(double AtMs, TestPeer Viewer)>();
        var sounds = new List<double>();
        var begin = harness.Now;
        harness.Sent = (peer, datagram) =>
        {
            if (viewers.Contains(peer) && datagram.Length > 100)
            {
                pictures.Add(((harness.Now - begin).TotalMilliseconds, peer));
            }
            else if (viewers.Contains(peer) && datagram.Length < 60)
            {
                sounds.Add((harness.Now - begin).TotalMilliseconds);
            }
        };
        host.SendPicture(isKeyFrame: true, packets: 40);
        for (var i = 0; i < 80; i++)
        {
            if (i == 6)
            {
                host.SendSound();
            }

            harness.Turn(0.25);
        }

        foreach (var viewer in viewers)
        {
            var slices = pictures.Where(one => one.Viewer == viewer).GroupBy(one => one.AtMs).ToList();
            Assert.Equal([16, 16, 8], slices.Select(slice => slice.Count()));
            Assert.All(slices.Zip(slices.Skip(1)), pair => Assert.InRange(pair.Second.Key - pair.First.Key, 2, 2.5));
        }

        Assert.Equal([1.75, 1.75], sounds);
        FeedTests.AssertContinuous(FeedTests.Video(viewers[0]));
    }

    [Fact]
    public void LargeRoom_InTheSameTurn_DoesNotKeepASmallOneWaiting()
    {
        using var harness = new RelayHarness(1);
        var (large, small) = (harness.Room("large"), harness.Room("small"));
        var host = FeedTests.Start(harness, small, 1);
        var viewer = Connect(harness, small, 1)[0];
        host.Play(500);
        var crowd = (ViewerSession)Connect(harness, large, 1)[0].Owner!;
        var fanout = large.Feed.FanoutOn(harness.Shards[0]);
        for (var i = 1; i < 3_000; i++)
        {
            fanout.AddReceiver(crowd);
        }

        var count = FeedTests.Video(viewer).Count;
        for (var i = 0; i < 4; i++)
        {
            Enqueue(harness, fanout, FeedPackets.Sound(harness.Pool, 1_000 + i));
        }

        host.SendPicture(isKeyFrame: false);
        harness.TurnOf(harness.Shards[0]);

        Assert.Equal(count + 3, FeedTests.Video(viewer).Count);
        Assert.Equal(Protocols.Time.Timestamp.Zero, fanout.NextFlush);
        for (var i = 1; i < 3_000; i++)
        {
            fanout.RemoveReceiver(crowd);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Viewer_WhoLeavesInTheMiddleOfAPass_CostsNobodyAPacketAndNobodyGetsOneTwice(int leaving)
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Connect(harness, room, 3);
        host.Play(500);
        var fanout = room.Feed.FanoutOn(harness.Shards[0]);
        var output = new PerViewerWriter();
        Enqueue(harness, fanout, FeedPackets.Sound(harness.Pool, fanout.Audio.Next));
        var budget = 3;
        Assert.False(fanout.Flush(harness.Now, output, ref budget));
        Assert.Equal(2, output.Count.Count);
        ((ViewerSession)viewers[leaving].Owner!).Close(harness.Now, CloseReason.Requested);
        budget = 100;
        Assert.True(fanout.Flush(harness.Now, output, ref budget));

        // The first two had theirs before the one left.
        var expected = viewers.Where((_, i) => i < 2 || i != leaving).Select(viewer => viewer.Address);
        Assert.Equal(expected.ToHashSet(), output.Count.Keys.ToHashSet());
        Assert.All(output.Count.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Packet_WithViewersOnEveryLoop_CrossesToEachOtherLoopOnce()
    {
        using var harness = new RelayHarness(3);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Connect(harness, room, 9);
        host.Play(500);
        var home = room.Feed.Home;
        Assert.Same(host.Peer.Owner!.Shard, home);
        var others = harness.Shards.Where(shard => shard != home).ToList();
        Assert.All(harness.Shards, shard => Assert.Equal(3, room.Viewers().Count(viewer => viewer.Shard == shard)));

        host.SendPicture(isKeyFrame: false, packets: 5);
        harness.TurnOf(home);
        Assert.All(others, shard => Assert.Equal(5, shard.HandOverBacklog));
        Assert.Equal(0, home.HandOverBacklog);
        harness.Run(20);
        Assert.All(viewers, viewer => Assert.Equal(5, FeedTests.Video(viewer).Count(packet => packet.Timestamp == FeedTests.Video(viewer)[^1].Timestamp)));
    }

    [Fact]
    public void Feed_WhoseHostComesOnAnotherLoop_MovesThere()
    {
        using var harness = new RelayHarness(3, FeedTests.TestSlate());
        var rooms = Enumerable.Range(0, 6).Select(i => harness.Room($"room {i}")).ToList();
        var hosts = rooms.ConvertAll(room => FeedTests.Start(harness, room, 1, "host of " + room.Id));
        hosts.ForEach(host => host.SendPicture(isKeyFrame: true));
        harness.Run(50);

        Assert.All(rooms.Zip(hosts), pair => Assert.Same(pair.Second.Peer.Owner!.Shard, pair.First.Feed.Home));
        Assert.True(rooms.Select(room => room.Feed.Home).Distinct().Count() > 1, "all hosts are on one loop");
    }

    [Fact]
    public void RemovedRoom_WithPacketsOnTheirWay_LeavesNothingBehind()
    {
        using var harness = new RelayHarness(3);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        Connect(harness, room, 3);
        host.Play(300);
        var home = room.Feed.Home;
        host.SendPicture(isKeyFrame: false);
        harness.TurnOf(home);
        var others = harness.Shards.Where(shard => shard != home).ToList();
        harness.Relay.RemoveRoom(room.Id);

        // Commands come before what other loops hand over.
        others.ForEach(harness.TurnOf);
        Assert.All(harness.Shards.Where(shard => shard != home), shard => Assert.Null(room.Feed.ExistingFanoutOn(shard)));
        harness.Run(50);
        Assert.All(harness.Shards, shard => Assert.Null(room.Feed.ExistingFanoutOn(shard)));
    }

    [Fact]
    public void Loop_WhoseLastViewerLeavesAsAnotherComes_GoesOnGettingPackets()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Connect(harness, room, 2);
        host.Play(300);
        var away = viewers.Single(viewer => viewer.Owner!.Shard != room.Feed.Home);
        var fanout = room.Feed.FanoutOn(away.Owner!.Shard!);
        var session = (ViewerSession)away.Owner;

        // Both orders are on their way to the feed's loop at once, and arrive in either order.
        fanout.RemoveReceiver(session);
        fanout.AddReceiver(session);
        room.Feed.UpdateAttachment(harness.Now, fanout.Shard);
        var count = FeedTests.Video(away).Count;
        host.Play(300);

        Assert.True(FeedTests.Video(away).Count > count + 20);
        FeedTests.AssertContinuous(FeedTests.Video(away));
    }

    private static List<TestPeer> Connect(RelayHarness harness, Rooms.Room room, int count)
    {
        var viewers = Enumerable.Range(0, count).Select(_ => harness.Watch(room, FeedTests.ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        return viewers;
    }

    private static void Enqueue(RelayHarness harness, FeedFanout fanout, in FeedPacket packet)
    {
        fanout.Enqueue(harness.Now, packet);
        packet.Buffer.Dispose();
    }

    private sealed class PerViewerWriter : DatagramWriter
    {
        private readonly byte[] _space = new byte[PacketBuffer.MaxLength];
        private TransportAddress _to;

        public Dictionary<TransportAddress, int> Count { get; } = [];

        public override void To(in NetworkPath path) => _to = path.Remote;

        public override Span<byte> Reserve(int maxLength) => _space.AsSpan(0, maxLength);

        public override void Commit(int length) => Count[_to] = Count.GetValueOrDefault(_to) + 1;
    }
}
