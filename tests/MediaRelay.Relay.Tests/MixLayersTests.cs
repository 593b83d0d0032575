using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>A mix that makes a small picture only while some viewer's path carries no more.</summary>
public class MixLayersTests
{
    private static readonly long[] Rates = [1_500_000, 250_000];
    private static readonly SimulatedHostOptions Host = new(VideoCodec.H264, IsPaced: true, Rates: [300_000]);

    [Theory]
    [InlineData(1, VideoCodec.H264)]
    [InlineData(2, VideoCodec.Vp8)]
    [InlineData(3, VideoCodec.H264)]
    public void SlowViewer_WhoCameBeforeTheMix_GetsTheSmallPictureAndIsNotFrozen(int seed, VideoCodec codec)
    {
        using var show = new Show(seed, shards: 2);
        var room = show.Room("room");
        show.AddHost(room, Host with { Codec = codec });
        show.Run(1_000);
        var slow = Join(show, room, 0);
        var fast = Join(show, room, 0);
        show.Run(3_000);
        Assert.Empty(slow.TransportNumbers);
        slow.Downlink.BitRate = 400_000;
        show.Run(1_000);

        var mix = show.AddMix(room, codec, Rates);
        show.Run(15_000);
        Assert.Equal(SourceKind.Mix, room.Feed.ActiveKind);
        Assert.Equal(mix.SmallId, LastPicture(slow).Encoding);
        Assert.NotEqual(mix.SmallId, LastPicture(fast).Encoding);
        Assert.DoesNotContain(fast.Video.Packets.Values, packet => packet.Mark!.Value.Encoding == mix.SmallId && packet.Mark!.Value.Source == mix.Name);
        show.AssertStreams();
        Assert.InRange(FreezeOf(show, slow), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(FreezeOf(show, fast), TimeSpan.Zero, TimeSpan.FromMilliseconds(150));
        LipSync.AssertAligned(fast, 0);
    }

    [Fact]
    public void SlowViewer_WhoJoinsTheMix_GetsTheSmallPictureAndIsNotFrozen()
    {
        using var show = new Show(seed: 4, shards: 2);
        var room = show.Room("room");
        show.AddHost(room, Host);
        var mix = show.AddMix(room, VideoCodec.H264, Rates);
        show.Run(2_000);
        var fast = Join(show, room, 0);
        show.Run(2_000);
        Assert.False(mix.IsSmallMade);
        var slow = Join(show, room, 400_000);
        show.Run(10_000);

        Assert.Equal(mix.SmallId, LastPicture(slow).Encoding);
        Assert.NotEqual(mix.SmallId, LastPicture(fast).Encoding);
        show.AssertStreams();
        Assert.InRange(FreezeOf(show, slow), TimeSpan.Zero, TimeSpan.FromMilliseconds(1_500));
    }

    [Fact]
    public void SmallPicture_IsMadeOnlyWhileItIsWanted()
    {
        using var show = new Show(seed: 5, shards: 2);
        var room = show.Room("room");
        show.AddHost(room, Host);
        show.Run(500);
        var fast = Join(show, room, 0);
        var slow = Join(show, room, 400_000);
        var mix = show.AddMix(room, VideoCodec.H264, Rates);
        show.Run(8_000);
        Assert.True(mix.IsSmallMade);

        // The line widens: it is not needed any more, and made again when the line narrows a second time.
        slow.Downlink.BitRate = 0;
        show.Run(25_000);
        Assert.False(mix.IsSmallMade);
        Assert.NotEqual(mix.SmallId, LastPicture(slow).Encoding);
        slow.Downlink.BitRate = 400_000;
        show.Run(8_000);
        Assert.True(mix.IsSmallMade);
        Assert.Equal(mix.SmallId, LastPicture(slow).Encoding);
        slow.Leave();
        show.Run(12_000);
        Assert.False(mix.IsSmallMade);
        Assert.NotEqual(mix.SmallId, LastPicture(fast).Encoding);
        show.AssertStreams();
        Assert.InRange(FreezeOf(show, slow), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void ViewerWithoutFeedback_BehindALineThatLoses_GetsTheSmallPicture()
    {
        using var show = new Show(seed: 6, shards: 1);
        var room = show.Room("room");
        show.AddHost(room, Host);
        show.Run(500);
        var viewer = show.AddViewer(room);
        var mix = show.AddMix(room, VideoCodec.H264, Rates);
        show.Run(2_000);
        viewer.ReportedLoss = 60;
        show.Run(4_000);
        Assert.Equal(mix.SmallId, LastPicture(viewer).Encoding);
        viewer.ReportedLoss = 0;
        show.Run(9_000);
        Assert.NotEqual(mix.SmallId, LastPicture(viewer).Encoding);
        show.AssertStreams();
    }

    [Fact]
    public void Estimates_BeginWithTheMixAndEndWhenItHasBeenGoneForAWhile()
    {
        using var show = new Show(seed: 7, shards: 2);
        var room = show.Room("room");
        show.AddHost(room, Host);
        show.Run(500);
        var viewer = Join(show, room, 0);
        show.AddViewer(room);
        show.Run(1_000);
        Assert.Empty(Estimates(room));

        var mix = show.AddMix(room, VideoCodec.H264, Rates);
        show.Run(3_000);

        // One viewer is estimated, to be carrying what it is sent.
        Assert.InRange(Assert.Single(Estimates(room)), Rates[0], 20_000_000);
        mix.Source.Retire();
        show.Run(14_000);
        Assert.Empty(Estimates(room));
        var numbered = viewer.TransportNumbers.Count;
        show.Run(1_000);
        Assert.Equal(numbered, viewer.TransportNumbers.Count);

        // The next mix goes on with the numbers.
        show.AddMix(room, VideoCodec.H264, Rates);
        show.Run(3_000);
        Assert.True(viewer.TransportNumbers.Count > numbered);
        Assert.All(
            viewer.TransportNumbers.Zip(viewer.TransportNumbers.Skip(1)),
            pair => Assert.Equal((ushort)(pair.First.Number + 1), pair.Second.Number));
        show.AssertStreams();
    }

    private static SimulatedViewer Join(Show show, Rooms.Room room, long bitRate)
    {
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(HasTransportFeedback: true));
        viewer.Downlink.Delay = TimeSpan.FromMilliseconds(20);
        viewer.Downlink.BitRate = bitRate;
        viewer.Downlink.QueueTime = TimeSpan.FromMilliseconds(400);
        return viewer;
    }

    private static List<long> Estimates(Rooms.Room room)
    {
        var estimates = new List<long>();
        room.ReadEstimates(estimates);
        return estimates;
    }

    private static TimeSpan FreezeOf(Show show, SimulatedViewer viewer)
    {
        var check = show.CheckPicture(viewer);
        check.Run();
        return check.LongestFreeze;
    }

    private static Mark LastPicture(SimulatedViewer viewer) => viewer.Video.Packets.Values.Last().Mark!.Value;
}
