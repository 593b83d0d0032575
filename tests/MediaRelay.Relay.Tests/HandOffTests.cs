using System.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>Viewers who are moved to another room on the same connection.</summary>
public class HandOffTests
{
    private static readonly SimulatedHostOptions Host = new(VideoCodec.H264);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Viewer_HandedOff_GoesOnInTheOtherRoomAndIsCountedThereOnly(int shards)
    {
        using var show = Begin(shards, out var from, out var to);
        var application = new RecordingApplication();
        var viewer = show.AddViewer(from, new SimulatedViewerOptions(Application: application));
        var stays = show.AddViewer(from);
        show.Run(1_000);
        Assert.True(viewer.Session.HandOffTo(to));
        show.Run(1_000);

        Assert.Equal((1, 1), (from.ViewerCount, to.ViewerCount));
        Assert.Equal([viewer.Session], to.Viewers());
        Assert.Equal([stays.Session], from.Viewers());
        Assert.Same(to, viewer.Session.Room);
        var handedOff = Assert.Single(show.Harness.Observer.HandedOff);
        Assert.Equal((viewer.Session, from), (handedOff.Session, handedOff.From));
        Assert.InRange(handedOff.Elapsed, TimeSpan.Zero, TimeSpan.FromMilliseconds(300));
        Assert.Equal(show.Hosts[1].Name, LastPicture(viewer).Source);
        Assert.Equal(show.Hosts[0].Name, LastPicture(stays).Source);
        AssertOffset(show, application, to, viewer);
        show.AssertStreams();
        LipSync.AssertAligned(viewer, 0);
    }

    [Fact]
    public void Viewer_HandedOffToARoomThatNobodyWatches_NeedsNoTwoSeconds()
    {
        using var show = new Show(seed: 5, shards: 3);
        var (from, to) = (show.Room("from"), show.Room("nobody"));
        show.AddHost(from, Host);
        var viewers = Enumerable.Range(0, 3).Select(_ => show.AddViewer(from)).ToList();
        show.Run(500);
        viewers.ForEach(viewer => Assert.True(viewer.Session.HandOffTo(to)));
        show.Run(500);

        Assert.Equal(3, to.ViewerCount);
        Assert.All(viewers, viewer => Assert.True(LastPicture(viewer).IsSlate));
        show.AssertStreams();
    }

    [Fact]
    public void Viewer_HandedOffToARoomWithoutAnyPicture_LeavesAfterTwoSecondsAndSeesWhatComesThen()
    {
        using var harness = new RelayHarness(2);
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var host = FeedTests.Start(harness, from, 1);
        var application = new RecordingApplication();
        var viewer = harness.Watch(from, FeedTests.ViewerOptions with { Data = true }, application);
        harness.Connect(viewer);
        host.Play(500);
        Assert.True(((ViewerSession)viewer.Owner!).HandOffTo(to));
        host.Play(1_900);
        Assert.Same(from, viewer.Owner.Room);
        host.Play(300);
        Assert.Same(to, viewer.Owner.Room);
        var other = FeedTests.Start(harness, to, 2);
        other.Play(1_000);

        var video = FeedTests.Video(viewer);
        Assert.Equal(2, FakeHost.Read(video[^1].Payload)!.Value.Name);
        FeedTests.AssertContinuous(video);
        FeedTests.AssertContinuous(FeedTests.Audio(viewer));
        var (room, offset) = Assert.Single(application.HandOffs);
        Assert.Same(to, room);
        Assert.InRange(Math.Abs((int)(video[^1].Timestamp - offset - (uint)to.MediaTime(harness.Now))), 0, 9_000);
    }

    [Fact]
    public void Viewer_HandedOffTwiceInARow_TheLastWordCounts()
    {
        using var show = Begin(2, out var from, out var to);
        var third = show.Room("third");
        show.AddHost(third, Host with { Identity = "host of third" });
        var viewer = show.AddViewer(from);
        show.Run(500);
        Assert.True(viewer.Session.HandOffTo(to));
        Assert.True(viewer.Session.HandOffTo(third));
        show.Run(1_000);

        Assert.Equal((0, 0, 1), (from.ViewerCount, to.ViewerCount, third.ViewerCount));
        Assert.Single(show.Harness.Observer.HandedOff);
        Assert.Equal(show.Hosts[2].Name, LastPicture(viewer).Source);
        show.AssertStreams();
    }

    [Fact]
    public void Viewer_HandedOffToTheSameRoomTwice_GoesThereOnce()
    {
        using var show = Begin(2, out var from, out var to);
        var viewer = show.AddViewer(from);
        show.Run(500);
        Assert.True(viewer.Session.HandOffTo(to));
        Assert.True(viewer.Session.HandOffTo(to));
        show.Run(1_000);
        Assert.True(viewer.Session.HandOffTo(to));
        show.Run(2_500);

        Assert.Equal((0, 1), (from.ViewerCount, to.ViewerCount));
        Assert.Equal([viewer.Session], to.Viewers());
        Assert.Single(show.Harness.Observer.HandedOff);
        show.AssertStreams();
    }

    [Fact]
    public void Viewer_CalledBackBeforeItLeft_StaysAsIfNothingHadBeen()
    {
        using var show = Begin(2, out var from, out var to);
        var viewer = show.AddViewer(from);
        show.Run(500);
        Assert.True(viewer.Session.HandOffTo(to));
        Assert.True(viewer.Session.HandOffTo(from));
        show.Run(2_500);

        Assert.Equal((1, 0), (from.ViewerCount, to.ViewerCount));
        Assert.Empty(show.Harness.Observer.HandedOff);
        Assert.Equal(show.Hosts[0].Name, LastPicture(viewer).Source);
        show.AssertStreams();
    }

    [Fact]
    public void Viewer_HandedOffAndBack_GoesOnInBoth()
    {
        using var show = Begin(2, out var from, out var to);
        var viewer = show.AddViewer(from);
        show.Run(500);
        Assert.True(viewer.Session.HandOffTo(to));
        show.Run(600);
        Assert.True(viewer.Session.HandOffTo(from));
        show.Run(2_500);

        Assert.Equal((1, 0), (from.ViewerCount, to.ViewerCount));
        Assert.Equal(2, show.Harness.Observer.HandedOff.Count);
        Assert.Equal(show.Hosts[0].Name, LastPicture(viewer).Source);
        show.AssertStreams();
        LipSync.AssertAligned(viewer, 0);
    }

    [Fact]
    public void Broadcast_AfterAHandOff_GoesToTheNewRoomOnly()
    {
        using var show = Begin(2, out var from, out var to);
        var application = new RecordingApplication();
        var viewer = show.AddViewer(from, new SimulatedViewerOptions(Application: application));
        Assert.True(viewer.Peer.Connection!.Data!.TryOpen(
            show.Harness.Now, DataApplication.ChannelLabel, "", new DataChannelReliability(true, null, null), out _));
        show.Run(500);
        from.Broadcast("before");
        show.Run(50);
        viewer.Session.HandOffTo(to);
        show.Run(500);
        from.Broadcast("old room");
        to.Broadcast("new room");
        show.Run(50);

        Assert.Equal(["before", "new room"], application.Broadcasts);
    }

    [Fact]
    public void Viewer_ClosedBeforeItLeft_IsInNoRoom()
    {
        using var show = Begin(2, out var from, out var to);
        var viewer = show.AddViewer(from);
        show.Run(500);
        viewer.Session.HandOffTo(to);
        viewer.Leave();
        show.Run(3_000);

        Assert.Equal((0, 0), (from.ViewerCount, to.ViewerCount));
        Assert.Empty(show.Harness.Observer.HandedOff);
        Assert.False(viewer.Session.HandOffTo(to));
        Assert.Equal(0, to.ViewerCount);
    }

    [Fact]
    public void TargetRoom_RemovedBeforeTheViewerCame_LetsItStay()
    {
        using var harness = new RelayHarness(2);
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var host = FeedTests.Start(harness, from, 1);
        var viewer = harness.Watch(from, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        host.Play(500);
        Assert.True(((ViewerSession)viewer.Owner!).HandOffTo(to));
        host.Play(200);
        harness.Relay.RemoveRoom("to");
        host.Play(3_000);

        Assert.False(viewer.Connection!.IsClosed);
        Assert.Same(from, viewer.Owner.Room);
        Assert.Equal(1, from.ViewerCount);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
        Assert.True(FakeHost.Read(FeedTests.Video(viewer)[^1].Payload)!.Value.Frame > 100);
    }

    [Fact]
    public void OldRoom_RemovedBeforeTheViewerLeft_LetsItGoAtOnce()
    {
        using var harness = new RelayHarness(2);
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var host = FeedTests.Start(harness, from, 1);
        var viewer = harness.Watch(from, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        host.Play(500);
        Assert.True(((ViewerSession)viewer.Owner!).HandOffTo(to));
        harness.Relay.RemoveRoom("from");
        harness.Run(50);
        Assert.Same(to, viewer.Owner.Room);
        FeedTests.Start(harness, to, 2).Play(1_000);

        Assert.False(viewer.Connection!.IsClosed);
        Assert.Equal(1, to.ViewerCount);
        Assert.Equal(2, FakeHost.Read(FeedTests.Video(viewer)[^1].Payload)!.Value.Name);
        FeedTests.AssertContinuous(FeedTests.Video(viewer));
    }

    [Fact]
    public void HandOffTo_FullRoom_IsRefusedAndNothingChanges()
    {
        using var harness = new RelayHarness(2, configure: options => options with { MaxViewersPerRoom = 1 });
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var viewer = harness.Watch(from, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        harness.Connect(harness.Watch(to, FeedTests.ViewerOptions));

        Assert.False(((ViewerSession)viewer.Owner!).HandOffTo(to));
        harness.Run(100);
        Assert.Equal((1, 1), (from.ViewerCount, to.ViewerCount));
        Assert.Same(from, viewer.Owner.Room);
    }

    [Fact]
    public void HandOffTo_RemovedRoom_IsRefused()
    {
        using var harness = new RelayHarness(2);
        var to = harness.Room("to");
        var viewer = harness.Watch(harness.Room("from"), FeedTests.ViewerOptions);
        harness.Connect(viewer);
        harness.Relay.RemoveRoom("to");

        Assert.False(((ViewerSession)viewer.Owner!).HandOffTo(to));
        Assert.Equal(0, to.ViewerCount);
    }

    [Fact]
    public void ReturnFeed_Viewer_IsNotHandedOff()
    {
        using var harness = new RelayHarness(2);
        var viewer = harness.Watch(harness.Room("from"), FeedTests.ViewerOptions, isReturn: true);
        harness.Connect(viewer);

        Assert.False(((ViewerSession)viewer.Owner!).HandOffTo(harness.Room("to")));
    }

    [Fact]
    public void DataOnlyViewer_HandedOff_GoesAtOnceWithoutAnOffset()
    {
        using var harness = new RelayHarness(2);
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var application = new RecordingApplication();
        var viewer = harness.Watch(from, FeedTests.ViewerOptions with { Data = true, Audio = false, VideoCodecs = [] }, application);
        harness.Connect(viewer);
        Assert.True(((ViewerSession)viewer.Owner!).HandOffTo(to));
        harness.Run(20);

        Assert.Equal((0, 1), (from.ViewerCount, to.ViewerCount));
        Assert.Equal([(to, 0u)], application.HandOffs);
    }

    [Fact]
    public void SoundOnlyViewer_HandedOff_HearsTheOtherRoomWithoutAGap()
    {
        using var harness = new RelayHarness(2);
        var (from, to) = (harness.Room("from"), harness.Room("to"));
        var first = FeedTests.Start(harness, from, 1);
        var second = FeedTests.Start(harness, to, 2);
        first.SendPicture(isKeyFrame: true);
        second.SendPicture(isKeyFrame: true);
        var viewer = harness.Watch(from, FeedTests.ViewerOptions with { VideoCodecs = [] });
        harness.Connect(viewer);
        Play(500);
        Assert.True(((ViewerSession)viewer.Owner!).HandOffTo(to));
        Play(500);

        var audio = FeedTests.Audio(viewer);
        Assert.Equal(1, audio[0].Payload[^1]);
        Assert.Equal(2, audio[^1].Payload[^1]);
        FeedTests.AssertContinuous(audio);
        FeedTests.AssertNoGap(audio, maxTicks: 3 * 960);

        void Play(int milliseconds)
        {
            for (var at = 0; at < milliseconds; at += 100)
            {
                for (var i = 0; i < 5; i++)
                {
                    first.SendSound();
                    second.SendSound();
                    harness.Run(20);
                }
            }
        }
    }

    private static Show Begin(int shards, out Room from, out Room to)
    {
        var show = new Show(seed: 5, shards);
        (from, to) = (show.Room("from"), show.Room("to"));
        show.AddHost(from, Host);
        show.AddHost(to, Host with { Identity = "host of to" });
        show.Run(300);
        return show;
    }

    private static Mark LastPicture(SimulatedViewer viewer) => viewer.Video.Packets.Values.Last().Mark!.Value;

    /// <summary>What the application was told maps the new room's media time to the timestamps that the viewer sees.</summary>
    private static void AssertOffset(Show show, RecordingApplication application, Room room, SimulatedViewer viewer)
    {
        var (target, offset) = Assert.Single(application.HandOffs);
        Assert.Same(room, target);
        var last = viewer.Video.Packets.Values.Last();
        var sinceSent = (show.Harness.Now - last.SentAt).TotalMilliseconds * 90;
        var difference = (int)((uint)room.MediaTime(show.Harness.Now) + offset - last.Timestamp) - sinceSent;
        Assert.InRange(difference / 90, -60, 60);
    }

    private sealed class RecordingApplication : DataApplication
    {
        public List<(Room Room, uint Offset)> HandOffs { get; } = [];

        public List<string> Broadcasts { get; } = [];

        protected internal override void OnOpened(Timestamp now)
        {
        }

        protected internal override void OnMessage(Timestamp now, ReadOnlySpan<byte> message)
        {
        }

        protected internal override void OnBroadcast(Timestamp now, object message) => Broadcasts.Add((string)message);

        protected internal override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message)
        {
            message = default;
            return false;
        }

        protected internal override void Advance() => throw new InvalidOperationException("there was no message");

        protected internal override void OnHandedOff(Timestamp now, Room room, uint mediaOffset) => HandOffs.Add((room, mediaOffset));

        protected internal override void OnClosed()
        {
        }
    }
}
