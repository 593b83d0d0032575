using System.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>Viewers who did not negotiate the codec of the room's picture hear of it, once for each change.</summary>
public class CodecNoticeTests
{
    private static readonly SimulatedHostOptions H264Host = new(VideoCodec.H264);
    private static readonly SimulatedHostOptions Vp8Host = new(VideoCodec.Vp8);

    [Fact]
    public void Viewer_OpensItsChannelInARoomOfAnotherCodec_IsToldOnce()
    {
        using var show = new Show(seed: 31);
        var room = show.Room("room");
        show.AddHost(room, H264Host);
        show.Run(300);
        var (viewer, told) = Join(show, room, SdpCodec.Vp8);
        show.Run(1_000);

        Assert.Equal(["opened", "lacks H264"], told);
        Assert.False(viewer.Session.Takes(VideoCodec.H264));
        Assert.True(viewer.Session.Takes(VideoCodec.Vp8));
    }

    [Fact]
    public void Viewer_HandedOff_IsToldWhereItCannotSeeAndNowhereElse()
    {
        using var show = new Show(seed: 32);
        var (first, other, third) = (show.Room("first"), show.Room("other"), show.Room("third"));
        show.AddHost(first, Vp8Host);
        show.AddHost(other, H264Host with { Identity = "host of other" });
        show.AddHost(third, H264Host with { Identity = "host of third" });
        show.Run(300);
        var (viewer, told) = Join(show, first, SdpCodec.Vp8);
        var (_, tolds) = Join(show, first, SdpCodec.Vp8, SdpCodec.H264);
        show.Run(500);
        foreach (var room in new[] { other, third, first, other })
        {
            Assert.All(show.Viewers, member => Assert.True(member.Session.HandOffTo(room)));
            show.Run(2_500);
        }

        Assert.Equal(
            ["opened", "in other", "lacks H264", "in third", "lacks H264", "in first", "in other", "lacks H264"], told);
        Assert.Equal(["opened", "in other", "in third", "in first", "in other"], tolds);
        Assert.Same(other, viewer.Session.Room);
        show.AssertStreams();
    }

    [Fact]
    public void Host_ComesBackWithAnotherCodec_WhoCannotTakeItIsToldOnceForEachChange()
    {
        using var show = new Show(seed: 33, slate: VideoCodec.Vp8);
        var room = show.Room("room");
        var (_, vp8) = Join(show, room, SdpCodec.Vp8);
        var (_, both) = Join(show, room, SdpCodec.Vp8, SdpCodec.H264);
        var (_, h264) = Join(show, room, SdpCodec.H264);
        foreach (var options in new[] { Vp8Host, H264Host, H264Host, Vp8Host, H264Host })
        {
            var host = show.AddHost(room, options);
            show.Run(1_000);
            host.Peer.Connection!.Close(Protocols.Peers.CloseReason.Requested);
            show.Run(1_000);
        }

        Assert.Equal(["opened", "lacks H264", "lacks H264"], vp8);
        Assert.Equal(["opened", "lacks Vp8", "lacks Vp8"], h264);
        Assert.Equal(["opened"], both);
    }

    [Fact]
    public void Viewer_WithoutAPicture_IsNeverTold()
    {
        using var harness = new RelayHarness();
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var application = new RecordingApplication();
        var viewer = harness.Watch(room, FeedTests.ViewerOptions with { VideoCodecs = [], Data = true }, application);
        harness.Connect(viewer);
        Assert.True(viewer.Connection!.Data!.TryOpen(
            harness.Now, DataApplication.ChannelLabel, "", DataChannelReliability.ReliableOrdered, out _));
        host.Play(500);

        Assert.Equal(["opened"], application.Told);
        Assert.True(((ViewerSession)viewer.Owner!).Takes(VideoCodec.H264));
    }

    private static (SimulatedViewer Viewer, List<string> Told) Join(Show show, Room room, params SdpCodec[] codecs)
    {
        var application = new RecordingApplication();
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(Application: application, Codecs: codecs));
        Assert.True(viewer.Peer.Connection!.Data!.TryOpen(
            show.Harness.Now, DataApplication.ChannelLabel, "", DataChannelReliability.ReliableOrdered, out _));
        return (viewer, application.Told);
    }

    private sealed class RecordingApplication : DataApplication
    {
        public List<string> Told { get; } = [];

        protected internal override void OnOpened(Timestamp now) => Told.Add("opened");

        protected internal override void OnMessage(Timestamp now, ReadOnlySpan<byte> message)
        {
        }

        protected internal override void OnBroadcast(Timestamp now, object message)
        {
        }

        protected internal override void OnHandedOff(Timestamp now, Room room, uint mediaOffset) => Told.Add($"in {room.Id}");

        protected internal override void OnPictureLacking(Timestamp now, VideoCodec codec) => Told.Add($"lacks {codec}");

        protected internal override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message)
        {
            message = default;
            return false;
        }

        protected internal override void Advance() => throw new InvalidOperationException("there was no message");

        protected internal override void OnClosed()
        {
        }
    }
}
