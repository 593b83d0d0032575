using System.Buffers;
using System.Text;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Tests;

/// <summary>Sessions from the offer to the end, and what strangers send.</summary>
public class SessionTests
{
    [Fact]
    public void Publish_WhileAnotherIdentityPublishes_IsAConflict()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        FeedTests.Start(harness, room, 1).Play(200);
        var other = new TestPeer(harness.NewAddress(), FakeHost.Options());

        Assert.Equal(SessionOutcome.Status.Conflict, harness.Relay.Publish(harness.Now, room, "somebody", other.Offer, null).What);
        other.Dispose();
    }

    [Fact]
    public void TryRead_OfARoomThatDoesNotRun_KeepsNothing()
    {
        using var harness = new RelayHarness();
        using var host = new TestPeer(harness.NewAddress(), FakeHost.Options());
        using var viewer = new TestPeer(harness.NewAddress(), FeedTests.ViewerOptions);

        Assert.True(harness.Relay.TryReadHost("nobody", "host", host.Offer, codec: null, out _, out _));
        Assert.True(harness.Relay.TryReadViewer("nobody", isReturn: false, takesData: true, viewer.Offer, out _, out _));
        Assert.False(harness.Relay.TryReadHost("nobody", "host", "v=1", codec: null, out _, out var malformed));
        Assert.Equal(SessionOutcome.Status.Malformed, malformed.What);
        Assert.Equal((0, 0, 0, 0), (
            harness.Relay.RoomCount, harness.Relay.SessionCount, harness.Relay.HalfOpenCount, harness.Relay.Directory.Count));
    }

    [Fact]
    public void Restart_AgainAndAgain_TheSessionIsFoundByWhatItsPeerCanUseOnly()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewer = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        var first = viewer.Owner!.CurrentUfrag;
        var others = harness.Relay.Directory.Count - 1;
        for (var i = 0; i < 100; i++)
        {
            viewer.Owner.RestartIce("new");
            harness.Run(5);
            Assert.Equal(others + 2, harness.Relay.Directory.Count);
        }

        // The peer has used none of them: it goes on with its first credentials.
        host.Play(40_000);
        Assert.NotEqual(first, viewer.Owner.CurrentUfrag);
        Assert.False(viewer.Owner.IsClosed);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
        viewer.Owner.RequestClose(CloseReason.Requested);
        harness.Run(50);
        Assert.Equal(others, harness.Relay.Directory.Count);
        viewer.Owner.RestartIce("late");
        Assert.Equal(others, harness.Relay.Directory.Count);
    }

    [Fact]
    public void Session_ThatNoCheckReaches_EndsAfterTheSetupTime()
    {
        using var harness = new RelayHarness();
        using var peer = new TestPeer(harness.NewAddress(), FeedTests.ViewerOptions);
        Assert.Equal(SessionOutcome.Status.Created, harness.Relay.Watch(harness.Now, harness.Room(), false, "v", peer.Offer, null).What);
        Assert.Equal(1, harness.Relay.HalfOpenCount);
        harness.Run(TimeSpan.FromSeconds(16));

        Assert.Equal(0, harness.Relay.SessionCount);
        Assert.Equal(0, harness.Relay.HalfOpenCount);
        Assert.Equal(0, harness.Room().ViewerCount);
        Assert.Equal(CloseReason.SetupTimeout, harness.Observer.Closed.Single().Reason);
    }

    [Fact]
    public void Viewer_WithoutConsent_EndsAndTheRoomGoesOn()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var silent = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(silent);
        var viewer = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        harness.Silence(silent);
        host.Play(31_000);

        Assert.Equal(1, room.ViewerCount);
        Assert.Equal(CloseReason.ConsentExpired, harness.Observer.Closed.Single().Reason);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
    }

    [Fact]
    public void Host_Closes_RoomIsNoLongerLive()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        host.Play(200);
        Assert.True(room.IsLive);
        room.Host!.RequestClose(CloseReason.Requested);
        harness.Run(50);

        Assert.False(room.IsLive);
        Assert.True(host.Peer.Connection!.IsClosed);
        Assert.Equal(CloseReason.PeerClosed, host.Peer.Connection.CloseReason);
    }

    [Fact]
    public void Strangers_RandomAndTruncatedDatagrams_AreCountedAndNobodyNotices()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewer = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var datagram = new byte[random.Next(0, 1_500)];
            random.NextBytes(datagram);

            // From strangers, and with the viewer's own address: its keys protect it.
            harness.Send(i % 2 == 0 ? harness.NewAddress() : viewer.Address, datagram);
            if (i % 100 == 0)
            {
                host.Play(100);
            }
        }

        var drops = Enum.GetValues<DropReason>().Sum(reason => harness.Shards.Sum(shard => shard.Drops[reason]));
        Assert.InRange(drops, 1_500, 2_000);
        Assert.False(viewer.Connection!.IsClosed);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
    }

    [Fact]
    public void ClientHello_FromAnAddressWithoutACheck_IsDropped()
    {
        using var harness = new RelayHarness();
        harness.Send(harness.NewAddress(), [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0]);

        Assert.Equal(1, harness.Shards.Sum(shard => shard.Drops[DropReason.DtlsBeforeStun]));
    }

    [Fact]
    public void DataChannel_CarriesMessagesBothWays()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var application = new EchoApplication();
        var viewer = harness.Watch(room, FeedTests.ViewerOptions with { Data = true, Audio = false, VideoCodecs = [] }, application);
        harness.Connect(viewer);
        Assert.True(viewer.Connection!.Data!.TryOpen(harness.Now, "overlays", "", new DataChannelReliability(true, null, null), out var channel));
        harness.Run(200);
        Assert.Equal(["welcome"], viewer.TakeMessages());

        Assert.True(viewer.Connection.Data.TrySend(harness.Now, channel!.Id, Encoding.UTF8.GetBytes("hello"), isBinary: true));
        room.Broadcast("to all");
        harness.Run(200);
        Assert.Equal(["to all", "hello"], viewer.TakeMessages().OrderDescending());
    }

    private sealed class EchoApplication : DataApplication
    {
        private readonly Queue<byte[]> _waiting = new();

        protected internal override void OnOpened(Timestamp now) => _waiting.Enqueue(Encoding.UTF8.GetBytes("welcome"));

        protected internal override void OnMessage(Timestamp now, ReadOnlySpan<byte> message) => _waiting.Enqueue(message.ToArray());

        protected internal override void OnBroadcast(Timestamp now, object message) =>
            _waiting.Enqueue(Encoding.UTF8.GetBytes((string)message));

        protected internal override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message)
        {
            var has = _waiting.TryPeek(out var next);
            message = has ? new ReadOnlySequence<byte>(next!) : default;
            return has;
        }

        protected internal override void Advance() => _waiting.Dequeue();

        protected internal override void OnClosed()
        {
        }
    }
}
