using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>A viewer with transport-wide feedback whose line becomes narrow and wide again.</summary>
public class ViewerBandwidthTests
{
    private static readonly SimulatedHostOptions Host =
        new(VideoCodec.Vp8, Encodings: 3, IsPaced: true, Rates: [150_000, 500_000, 1_500_000]);

    // What resends had not used before the line became narrow: a quarter of a second of half of an estimate of up to 6 Mbit/s.
    private const int FirstBurst = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Line_NarrowsTo400KilobitsAndWidens_TheLayerFollowsWithoutAFreeze(int seed)
    {
        using var show = new Show(seed, shards: 2);
        var room = show.Room("room");
        var host = show.AddHost(room, Host);
        host.Uplink.Delay = TimeSpan.FromMilliseconds(10);
        show.Run(1_000);
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(HasTransportFeedback: true));
        Assert.True(viewer.HasTransportFeedback);
        viewer.Downlink.Delay = TimeSpan.FromMilliseconds(20);
        show.Run(15_000);
        Assert.Equal(host.Encodings[2].Id, LastPicture(viewer).Encoding);

        viewer.Downlink.BitRate = 400_000;
        viewer.Downlink.QueueTime = TimeSpan.FromMilliseconds(400);
        var narrowedAt = show.Harness.Now;
        show.Run(2_000);
        Assert.Equal(host.Encodings[0].Id, LastSent(viewer, narrowedAt));
        show.Run(8_000);
        Assert.Equal(host.Encodings[0].Id, LastPicture(viewer).Encoding);
        Assert.InRange(ArrivedRate(viewer, show.Harness.Now - TimeSpan.FromSeconds(5), show.Harness.Now), 100_000, 400_000);

        viewer.Downlink.BitRate = 0;
        show.Run(15_000);
        Assert.Equal(host.Encodings[2].Id, LastPicture(viewer).Encoding);
        show.AssertStreams();
        var check = show.CheckPicture(viewer);
        check.Run();
        Assert.InRange(check.LongestFreeze, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public void Line_NarrowsBehindAShortQueue_TheKeyFrameOfTheSmallEncodingIsNotLostInIt(int seed)
    {
        using var show = new Show(seed, shards: 2);
        var viewer = Join(show, show.Room("room"), Host with { KeyFrameSize = 26 });
        show.Run(12_000 + seed * 7);
        viewer.Downlink.BitRate = 400_000;
        viewer.Downlink.QueueTime = TimeSpan.FromMilliseconds(300);
        show.Run(8_000);

        show.AssertStreams();
        var check = show.CheckPicture(viewer);
        check.Run();
        Assert.InRange(check.LongestFreeze, TimeSpan.Zero, TimeSpan.FromMilliseconds(900));
        Assert.NotEqual(0, show.Harness.Shards.Sum(shard => shard.Counters.NacksGivenUp));
    }

    [Fact]
    public void Resends_OfAViewerWithFeedback_AreNumberedAmongWhatItIsSent()
    {
        using var show = new Show(seed: 4, shards: 2);
        var viewer = Join(show, show.Room("room"));
        viewer.Downlink.Loss = 0.05;
        show.Run(5_000);

        Assert.True(viewer.Resent.Count > 20, $"{viewer.Resent.Count} resends");
        Assert.True(viewer.TransportNumbers.Count(packet => packet.IsRtx) >= viewer.Resent.Count);
        Assert.All(
            viewer.TransportNumbers.Zip(viewer.TransportNumbers.Skip(1)),
            pair => Assert.Equal((ushort)(pair.First.Number + 1), pair.Second.Number));
        show.AssertStreams();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Resends_OnALineThatIsNarrowAndLosesMuch_TakeHalfOfTheEstimateAtMost(int seed)
    {
        using var show = new Show(seed, shards: 2);
        var viewer = Join(show, show.Room("room"));
        show.Run(10_000);
        viewer.Downlink.BitRate = 300_000;
        viewer.Downlink.QueueTime = TimeSpan.FromMilliseconds(200);
        viewer.Downlink.Loss = 0.4;
        var from = show.Harness.Now;
        var allowed = 0.0;
        for (var i = 0; i < 2_000; i++)
        {
            allowed += viewer.Session.Path!.EstimateBitsPerSecond!.Value / 2.0 / 8 * 0.005;
            show.Run(5);
        }

        var resent = viewer.Resent.Where(packet => packet.At > from).Sum(packet => packet.Bytes);
        Assert.InRange(resent, 1, allowed + FirstBurst);
        Assert.NotEqual(0, show.Harness.Shards.Sum(shard => shard.Counters.NacksOverBudget));

        viewer.Downlink.BitRate = 0;
        viewer.Downlink.Loss = 0;
        show.Run(15_000);
        Assert.NotEqual(show.Hosts[0].Encodings[0].Id, LastPicture(viewer).Encoding);
        show.AssertStreams();
    }

    private static SimulatedViewer Join(Show show, Rooms.Room room, SimulatedHostOptions? host = null)
    {
        show.AddHost(room, host ?? Host).Uplink.Delay = TimeSpan.FromMilliseconds(10);
        show.Run(1_000);
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(HasTransportFeedback: true));
        viewer.Downlink.Delay = TimeSpan.FromMilliseconds(20);
        return viewer;
    }

    private static Mark LastPicture(SimulatedViewer viewer) => viewer.Video.Packets.Values.Last().Mark!.Value;

    /// <summary>The encoding of what left last, as far as it has arrived.</summary>
    private static byte LastSent(SimulatedViewer viewer, Timestamp since) =>
        viewer.Video.Packets.Values.Where(packet => packet.SentAt >= since).MaxBy(packet => packet.Number)!.Mark!.Value.Encoding;

    private static double ArrivedRate(SimulatedViewer viewer, Timestamp from, Timestamp until) =>
        viewer.Video.Packets.Values.Where(packet => packet.SentAt >= from && packet.SentAt < until).Sum(packet => packet.Payload.Length)
        * 8 / (until - from).TotalSeconds;
}
