using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtp;

namespace MediaRelay.Protocols.Tests.Payloads;

public class VideoDepacketizerTests
{
    private static readonly byte[] Sps = Bytes.FromHex("67 42 C0 1F 8C");
    private static readonly byte[] Slice = Bytes.FromHex("41 9A 11 22");

    [Fact]
    public void TryPush_H264Gap_DiscardsTheFrameSaysSoOnceAndGoesOn()
    {
        var harness = new FrameHarness(VideoCodec.H264, maxPayloadLength: 100);
        var key = harness.Packetize([0, 0, 0, 1, .. Sps, 0, 0, 0, 1, 0x65, .. new byte[250].Select(_ => (byte)0x88)], 0);
        var delta = harness.Packetize([0, 0, 0, 1, 0x41, 0x9A, .. new byte[250].Select(_ => (byte)0x77)], 3_000);
        var next = harness.Packetize([0, 0, 0, 1, .. Slice], 6_000);
        delta.RemoveAt(1);

        var pushed = harness.PushAll([.. key, .. delta, .. next]);

        Assert.Equal(
            [(0u, true, true, FrameLoss.None), (0u, false, false, FrameLoss.Gap), (6_000u, true, false, FrameLoss.None)],
            pushed.Select(item => (item.Timestamp, item.Frame != null, item.IsKeyFrame, item.Loss)));
    }

    [Fact]
    public void TryPush_LostEndOfFrame_NextFrameWithSpsIsKept()
    {
        var harness = new FrameHarness(VideoCodec.H264);
        var first = harness.Packet(Slice, 0, marker: true);
        var lost = harness.Packet(Slice, 3_000, marker: true);
        var key = harness.Packet(Sps, 6_000, marker: false);
        var idr = harness.Packet([0x65, 0x88], 6_000, marker: true);

        var pushed = harness.PushAll([first, key, idr]);

        Assert.NotEmpty(lost);
        Assert.Equal(FrameLoss.Gap, pushed[1].Loss);
        Assert.True(pushed[2].IsKeyFrame);
        Assert.Equal([0, 0, 0, 1, .. Sps, 0, 0, 0, 1, 0x65, 0x88], pushed[2].Frame);
    }

    [Fact]
    public void TryPush_LostSps_KeyFrameIsDiscarded()
    {
        var harness = new FrameHarness(VideoCodec.H264);
        var first = harness.Packet(Slice, 0, marker: true);
        harness.Packet(Sps, 3_000, marker: false);
        var idr = harness.Packet([0x65, 0x88], 3_000, marker: true);

        var pushed = harness.PushAll([first, idr]);

        Assert.Equal([FrameLoss.None, FrameLoss.Gap], pushed.Select(item => item.Loss));
        Assert.Null(pushed[1].Frame);
    }

    [Fact]
    public void TryPush_RepeatedAndLatePackets_AreIgnored()
    {
        var harness = new FrameHarness(VideoCodec.Vp8, maxPayloadLength: 50);
        var frame = Enumerable.Range(0, 120).Select(i => (byte)i).ToArray();
        var packets = harness.Packetize(frame, 0);

        var pushed = harness.PushAll([packets[0], packets[0], packets[1], packets[0], packets[2], packets[2]]);

        Assert.Equal(frame, Assert.Single(pushed).Frame);
    }

    [Fact]
    public void TryPush_SenderBeginsAnewWithOlderNumbers_IsFollowed()
    {
        var harness = new FrameHarness(VideoCodec.Vp8) { Next = new SequenceNumber(20_000) };
        var before = harness.Packetize([0, 1, 2], 0);
        harness.Next = new SequenceNumber(100);
        var after = harness.Packetize([0, 3, 4], 500);

        var pushed = harness.PushAll([.. before, .. after]);

        Assert.Equal([FrameLoss.None, FrameLoss.Gap], pushed.Select(item => item.Loss));
        Assert.Equal([0, 3, 4], pushed[1].Frame);
    }

    [Fact]
    public void TryPush_PaddingBetweenFrames_IsNoLoss()
    {
        var harness = new FrameHarness(VideoCodec.Vp8);
        var pushed = harness.PushAll(
        [
            .. harness.Packetize([0, 1], 0),
            harness.Packet([], 0, marker: false),
            .. harness.Packetize([1, 2], 3_000),
        ]);

        Assert.Equal([0u, 3_000u], pushed.Select(item => item.Timestamp));
        Assert.All(pushed, item => Assert.Equal(FrameLoss.None, item.Loss));
    }

    [Fact]
    public void TryPush_SenderWithoutMarkers_GivesFrameAtNextTimestamp()
    {
        var harness = new FrameHarness(VideoCodec.H264);
        var pushed = harness.PushAll(
        [
            harness.Packet(Sps, 0, marker: false),
            harness.Packet([0x65, 0x88], 0, marker: false),
            harness.Packet(Slice, 3_000, marker: false),
            harness.Packet(Slice, 6_000, marker: true),
            harness.Packet(Slice, 9_000, marker: true),
        ]);

        // The push that gives out 3,000 also finishes 6,000, which comes with the next.
        Assert.Equal([0u, 3_000u, 6_000u], pushed.Select(item => item.Timestamp));
        Assert.True(pushed[0].IsKeyFrame);
        Assert.Equal([0, 0, 0, 1, .. Slice], pushed[2].Frame);
    }

    [Theory]
    [InlineData("7C 05 11 22")] // FU-A without a beginning
    [InlineData("7C 85")] // FU-A without content
    [InlineData("18 00 09 67 42")] // STAP-A past the end
    [InlineData("18 00 00")] // STAP-A with an empty unit
    [InlineData("1E 11 22")] // reserved type
    [InlineData("7C 85 88")] // FU-A that does not end before the marker
    public void TryPush_MalformedH264_IsSaidAndTheNextFrameIsWhole(string hex)
    {
        var harness = new FrameHarness(VideoCodec.H264);
        var pushed = harness.PushAll(
        [
            harness.Packet(Slice, 0, marker: true),
            harness.Packet(Bytes.FromHex(hex), 3_000, marker: true),
            harness.Packet(Slice, 6_000, marker: true),
        ]);

        Assert.Equal([FrameLoss.None, FrameLoss.Malformed, FrameLoss.None], pushed.Select(item => item.Loss));
        Assert.Equal([0, 0, 0, 1, .. Slice], pushed[2].Frame);
    }

    [Fact]
    public void TryPush_MalformedVp8_IsSaidAndTheNextFrameIsWhole()
    {
        var harness = new FrameHarness(VideoCodec.Vp8);
        var pushed = harness.PushAll(
        [
            .. harness.Packetize([0, 1], 0),
            harness.Packet([0x80], 3_000, marker: true),
            .. harness.Packetize([1, 2], 6_000),
        ]);

        Assert.Equal([FrameLoss.None, FrameLoss.Malformed, FrameLoss.None], pushed.Select(item => item.Loss));
    }

    [Fact]
    public void TryPush_FrameOverTheBound_IsSaidOnceAndPassedOver()
    {
        var harness = new FrameHarness(VideoCodec.Vp8);
        var huge = harness.Packetize(new byte[VideoDepacketizer.MaxFrameLength + 1], 0);
        var largest = harness.Packetize(new byte[VideoDepacketizer.MaxFrameLength], 3_000);

        var pushed = harness.PushAll([.. huge, .. largest]);

        Assert.Equal([FrameLoss.TooLarge, FrameLoss.None], pushed.Select(item => item.Loss));
        Assert.Equal(VideoDepacketizer.MaxFrameLength, pushed[1].Frame!.Length);
    }

    [Fact]
    public void TryPush_RandomPayloads_NeverThrows()
    {
        const int Seed = 6184;
        var random = new Random(Seed);
        foreach (var codec in Enum.GetValues<VideoCodec>())
        {
            var harness = new FrameHarness(codec);
            var frames = 0;
            for (var i = 0; i < 20_000; i++)
            {
                if (random.Next(20) == 0)
                {
                    harness.Next += random.Next(5);
                }

                var packet = harness.Packet(Bytes.Random(random, maxLength: 12), (uint)(i / 3), random.Next(3) == 0);
                frames += harness.Push(packet).Frame == null ? 0 : 1;
            }

            Assert.True(frames > 100, $"{codec}, seed {Seed}: only {frames} frames");
        }
    }

    [Fact]
    public void TryPush_FirstPacketInTheMiddle_WaitsForABeginningWithoutLoss()
    {
        var harness = new FrameHarness(VideoCodec.Vp8, maxPayloadLength: 50);
        var joined = harness.Packetize(new byte[120], 0)[1..];
        var whole = harness.Packetize([0, 1, 2], 3_000);

        var pushed = Assert.Single(harness.PushAll([.. joined, .. whole]));

        Assert.Equal([0, 1, 2], pushed.Frame);
        Assert.Equal(FrameLoss.None, pushed.Loss);
    }
}
