using MediaRelay.Protocols.Payloads;
using MediaRelay.Relay.Tests.Shows;

namespace MediaRelay.Relay.Tests;

/// <summary>
/// Sequence numbers that pass 65,535 several times while packets are lost around it (RFC 3711 §3.3.1): host, relay and viewer must agree
/// on the rollover counter, or nothing can be decrypted any more.
/// </summary>
public class RolloverTests
{
    [Fact]
    public void SequenceNumbers_WrapWithLossAroundIt_EverythingThatArrivesIsDecrypted() => Play(hasRtx: true, wraps: 1);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(true)]
    [InlineData(false)]
    public void SequenceNumbers_WrapSeveralTimesWithLossAroundIt_EverythingThatArrivesIsDecrypted(bool hasRtx) => Play(hasRtx, wraps: 4);

    private static void Play(bool hasRtx, int wraps)
    {
        using var show = new Show(seed: 41, shards: 1);
        var room = show.Room("room");
        var host = show.AddHost(room, new SimulatedHostOptions(VideoCodec.H264, PacketsPerPicture: 30));
        show.Run(200);
        var viewer = show.AddViewer(room, new SimulatedViewerOptions(hasRtx));
        for (var last = -1L; last < (wraps * 65_536) + 2_000;)
        {
            show.Run(33);
            last = viewer.Video.Newest;

            // A burst and single losses on both ways, from 1,500 before the wrap to 1,500 behind it.
            var isNear = (last + 1_500) % 65_536 < 3_000;
            viewer.Downlink.Loss = host.Uplink.Loss = isNear ? 0.1 : 0;
            viewer.Downlink.LossBurst = host.Uplink.LossBurst = isNear ? 20 : 1;
        }

        show.Run(1_000);
        Assert.True(viewer.Video.Packets.Keys.Last() > wraps * 65_536);
        show.AssertStreams();
        var check = show.CheckPicture(viewer);
        check.Run();
        Assert.True(show.Harness.Now - check.LastDecodedAt < TimeSpan.FromMilliseconds(200), "no picture after the last wrap");
        Assert.Equal(0, viewer.Undecryptable);
        Assert.Equal(0, show.Harness.Shards[0].Drops[Protocols.Drops.DropReason.SrtpAuthFailed]);
    }
}
