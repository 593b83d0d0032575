using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Tests.Sources;

[Collection(AllocationCollection.Name)]
public sealed class SyntheticMediaSourceTests
{
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1000);

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void TryRead_TenSeconds_KeepsRatesAndKeyFrameDistance(VideoCodec codec)
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { Video = codec, BitRate = 1_000_000, FrameRate = 25 });
        var frames = Play(source, seconds: 10);
        var pictures = frames.Where(frame => frame.Kind == MediaKind.Video).ToList();
        Assert.Equal(250, pictures.Count);
        Assert.Equal(500, frames.Count - pictures.Count);
        Assert.InRange(pictures.Sum(picture => picture.Length) * 8 / 10, 970_000, 1_030_000);
        Assert.Equal([0, 50, 100, 150, 200], pictures.Index().Where(picture => picture.Item.IsKeyFrame).Select(picture => picture.Index));
        Assert.Equal(TimeSpan.FromMilliseconds(40), pictures[1].Time - pictures[0].Time);
    }

    [Fact]
    public void TryRead_ThreeLayers_GivesEachPictureInEachAtItsBitRate()
    {
        var options = new SyntheticMediaOptions { HasAudio = false, BitRate = 1_500_000 };
        using var source = new SyntheticMediaSource(options with { Layers = options.ThreeLayers });
        Assert.Equal(["l", "m", "h"], source.Rids);
        source.Start(Start, () => { });
        var bytes = new long[3];
        for (var number = 0; number < 300; number++)
        {
            var now = Start + TimeSpan.FromTicks(number * TimeSpan.TicksPerSecond / 30);
            for (var layer = 0; layer < 3; layer++)
            {
                Assert.True(source.TryRead(now, out var frame));
                Assert.Equal((layer, number % 60 == 0), (frame.Layer, frame.IsKeyFrame));
                Assert.True(TimeCode.TryRead(frame.Data.Span, out var times, out var read));
                Assert.Equal((now, (uint)number), (times.MadeAt, read));
                bytes[layer] += frame.Data.Length;
            }

            Assert.False(source.TryRead(now, out _));
        }

        Assert.InRange(bytes[2] * 8 / 10, 1_450_000, 1_550_000);
        Assert.InRange(bytes[1] * 8 / 10, 480_000, 520_000);
        Assert.InRange(bytes[0] * 8 / 10, 140_000, 170_000);
    }

    [Fact]
    public void TryRead_H264KeyFrame_HasParameterSetsThenAnIdrPictureAndNothingThatIsNoNalUnit()
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { Width = 180, Height = 320, HasAudio = false });
        source.Start(Start, () => { });
        Assert.True(source.TryRead(Start, out var frame));
        var types = new List<int>();
        var reader = new AnnexBReader(frame.Data.Span);
        while (reader.TryReadNext(out var unit))
        {
            types.Add(unit[0] & 0x1F);
        }

        Assert.Equal([7, 8, 6, 5, 12], types);
        Assert.True(TimeCode.TryRead(frame.Data.Span, out var times, out var number));
        Assert.Equal((Start, 0u), (times.MadeAt, number));
        var packetizer = VideoPacketizer.Create(VideoCodec.H264);
        packetizer.Start(frame.Data.Span, isKeyFrame: true);
        var payload = new byte[1200];
        Assert.True(packetizer.TryNext(payload, out var length, out _));
        Assert.True(H264Payload.TryReadSps(payload.AsSpan(0, length), out var sps));
        Assert.Equal((180, 320), (sps.Width, sps.Height));
    }

    [Fact]
    public void RequestKeyFrame_BetweenTwo_NextPictureIsOneButNotTooSoonAgain()
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 20, HasAudio = false });
        source.Start(Start, () => { });
        var keyFrames = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            var now = Start + TimeSpan.FromMilliseconds(50 * i);
            Assert.True(source.TryRead(now, out var frame));
            if (frame.IsKeyFrame)
            {
                keyFrames.Add(i);
            }

            if (i is 2 or 8 or 9 or 10)
            {
                source.RequestKeyFrame(now);
            }
        }

        // The request after picture 2 comes within 200 ms of the first key frame, those after 9 and 10 of that of 9.
        Assert.Equal([0, 9], keyFrames);
    }

    [Fact]
    public void TryRead_LoopWasAwayForSeconds_SkipsWhatWasMissed()
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { FrameRate = 10 });
        source.Start(Start, () => { });
        while (source.TryRead(Start, out _))
        {
        }

        var now = Start + TimeSpan.FromSeconds(5);
        var frames = new List<MediaFrame>();
        while (source.TryRead(now, out var frame))
        {
            frames.Add(frame);
        }

        Assert.Equal(49, source.Skipped);
        Assert.InRange(frames.Count, 1, 3);
        Assert.True(frames.First(frame => frame.Kind == MediaKind.Video).IsKeyFrame);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(48_000)]
    [InlineData(102_000)]
    [InlineData(104_400)]
    [InlineData(256_000)]
    public void TryRead_Sound_IsOneValidOpusPacketOf20Milliseconds(int bitRate)
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions { Video = null, AudioBitRate = bitRate });
        source.Start(Start, () => { });
        Assert.True(source.TryRead(Start, out var frame));
        var packet = frame.Data.Span;
        Assert.Equal(bitRate / 400, packet.Length);
        Assert.True(OpusPayload.TryGetDuration(packet, out var ticks));
        Assert.Equal(960, ticks);

        // RFC 6716 §3.2.5: padding length in bytes of 255 (254 each) and a rest; what is left is the frame.
        var padding = 0;
        var position = 2;
        while (packet[position] == 255)
        {
            padding += 254;
            position++;
        }

        padding += packet[position++];
        Assert.Equal(2, packet.Length - position - padding);
    }

    [Fact]
    public void TryRead_Steady_AllocatesNothing()
    {
        using var source = new SyntheticMediaSource(new SyntheticMediaOptions());
        source.Start(Start, () => { });
        var now = Start;
        Read(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(2000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read(int milliseconds)
        {
            for (var i = 0; i < milliseconds; i++)
            {
                now += TimeSpan.FromMilliseconds(1);
                while (source.TryRead(now, out _))
                {
                }
            }
        }
    }

    private static List<(MediaKind Kind, int Length, TimeSpan Time, bool IsKeyFrame)> Play(SyntheticMediaSource source, int seconds)
    {
        var frames = new List<(MediaKind, int, TimeSpan, bool)>();
        source.Start(Start, () => { });
        var end = Start + TimeSpan.FromSeconds(seconds);
        for (var now = Start; now < end; now += TimeSpan.FromMilliseconds(1))
        {
            while (source.TryRead(now, out var frame))
            {
                frames.Add((frame.Kind, frame.Data.Length, frame.MediaTime, frame.IsKeyFrame));
            }
        }

        return frames;
    }
}
