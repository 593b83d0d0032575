using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shards;

/// <summary>A loop turns for packets and for deadlines, and otherwise rests; the harness turns it only when it says so.</summary>
public sealed class LoopRestTests
{
    [Fact]
    public void NextTimeout_WithoutRoomsAndSessions_IsNever()
    {
        using var harness = new RelayHarness(1);
        harness.Run(50);

        Assert.Equal(Timestamp.Never, harness.Shards[0].NextTimeout);
        var before = harness.Turns;
        harness.Run(1_000);
        Assert.Equal(before, harness.Turns);
    }

    [Fact]
    public void Turns_OfARoomThatNobodyWatches_AreForItsTimersOnly()
    {
        using var harness = new RelayHarness(1);
        harness.Room();
        harness.Run(100);
        var before = harness.Turns;
        harness.Run(1_000);

        Assert.InRange(harness.Turns - before, 1, 100);
    }

    [Fact]
    public void Turns_OfALiveRoom_AreThoseOfItsPackets()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Enumerable.Range(0, 20).Select(_ => harness.Watch(room, FeedTests.ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        host.Play(1_000);
        host.SendSenderReports();
        host.Play(1_000);
        var before = harness.Turns;
        host.Play(1_000);

        // 30 times a picture and 50 times sound, which fall into 60 steps here; looks at timers where 20 ms lie between two of these, and
        // what the session of the host has to say.
        Assert.InRange(harness.Turns - before, 50, 140);
        Assert.All(viewers, viewer => Assert.NotEmpty(viewer.SenderReports));
    }

    [Fact]
    public void SenderReports_OfAViewer_ComeOnceASecond()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewer = harness.Watch(room, FeedTests.ViewerOptions);
        harness.Connect(viewer);
        host.Play(1_000);
        host.SendSenderReports();
        host.Play(5_000);
        var reports = viewer.SenderReports.Where(report => report.Ssrc == viewer.SenderReports[^1].Ssrc).ToList();

        Assert.InRange(reports.Count, 4, 6);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(16, 0)]
    [InlineData(40, 4)]
    public void Picture_ThatIsWhole_LeavesAtOnceAndSlicesInTheirTime(int packets, int milliseconds)
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Enumerable.Range(0, 4).Select(_ => harness.Watch(room, FeedTests.ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        host.Play(1_000);
        harness.Run(7);
        var before = viewers.Select(viewer => FeedTests.Video(viewer).Count).ToList();
        host.SendPicture(isKeyFrame: true, packets);
        var began = harness.Now;
        harness.Turn(0);
        while (viewers.Zip(before).Any(pair => FeedTests.Video(pair.First).Count < pair.Second + packets))
        {
            Assert.True(harness.Now - began < TimeSpan.FromSeconds(1), "the picture did not come");
            harness.Turn(0.25);
        }

        Assert.Equal(milliseconds, (harness.Now - began).TotalMilliseconds);
    }

    [Fact]
    public void PictureLoss_OfAViewerOnAnotherLoop_ReachesTheHostAtOnce()
    {
        using var harness = new RelayHarness(2);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        var viewers = Enumerable.Range(0, 2).Select(_ => harness.Watch(room, FeedTests.ViewerOptions)).ToList();
        viewers.ForEach(harness.Connect);
        foreach (var viewer in viewers)
        {
            // So long that the last request does not hold the next one back.
            host.Play(1_500);
            var before = host.Peer.KeyFrameRequests;
            var pli = new byte[16];
            var length = RtcpWriter.WritePictureLossIndication(pli, new Ssrc(5), new Ssrc(FeedTests.Video(viewer)[0].Ssrc));
            harness.Send(viewer, viewer.ProtectRtcp(pli.AsSpan(0, length)));
            harness.Run(10);

            Assert.Equal(before + 1, host.Peer.KeyFrameRequests);
        }
    }
}
