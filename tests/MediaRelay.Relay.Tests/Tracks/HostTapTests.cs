using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Tests.Tracks;

public sealed class HostTapTests
{
    [Fact]
    public void Tap_ComesBetweenTwoReports_IsToldTheCaptureTimesWithTheFirstPackets()
    {
        using var harness = new RelayHarness(1);
        var room = harness.Room();
        var host = FeedTests.Start(harness, room, 1);
        host.Play(1_000);
        host.SendSenderReports();
        host.Play(100);

        var tap = new RecordingTap();
        room.SetTap(tap);
        host.Play(200);
        Assert.Equal([true, false], tap.Mappings.Select(mapping => mapping.IsVideo).OrderDescending());
        Assert.All(tap.Mappings, mapping => Assert.True(mapping.PacketsBefore > 0));
        Assert.All(tap.Mappings, mapping => Assert.InRange((harness.WallClock - mapping.Mapping.Capture) / 1e6, 200, 400));
        Assert.True(tap.Packets > 10);

        var another = new RecordingTap();
        room.SetTap(another);
        host.Play(200);
        Assert.Equal(2, another.Mappings.Count);
        Assert.Equal(2, tap.Mappings.Count);
    }

    private sealed class RecordingTap : PacketTap
    {
        public List<(bool IsVideo, CaptureMapping Mapping, int PacketsBefore)> Mappings { get; } = [];

        public int Packets { get; private set; }

        protected internal override void OnHost(VideoCodec? codec)
        {
        }

        protected internal override void OnRtp(TimeSpan age, bool isVideo, ReadOnlySpan<byte> packet)
        {
            Assert.InRange(age, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
            Packets++;
        }

        protected internal override void OnCaptureMapping(bool isVideo, CaptureMapping mapping) => Mappings.Add((isVideo, mapping, Packets));
    }
}
