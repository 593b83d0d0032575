using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Tests.Codecs;

public sealed class VideoCodecTests
{
    private static readonly CanvasSize Size = new(320, 240);

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void Encode_ThenDecode_GivesEveryPictureBackAtOnceWithItsTimeAndColour(VideoCodec codec)
    {
        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 800, new CodecElements());
        using var decoder = new VideoDecoder(codec, new CodecElements());
        for (var tick = 0; tick < 40; tick++)
        {
            using (var canvas = pool.TryRent()!)
            {
                canvas.Y.Fill((byte)(60 + (tick * 3)));
                canvas.U.Fill(90);
                canvas.V.Fill(200);
                encoder.Encode(canvas, tick);
            }

            Assert.True(encoder.TryTake(out var accessUnit), $"nothing encoded at tick {tick}");
            using (accessUnit)
            {
                Assert.Equal(tick == 0, accessUnit.IsKeyFrame);
                Assert.Equal(tick, encoder.TickOf(accessUnit));
                decoder.Decode(accessUnit.Data, accessUnit.Timestamp, accessUnit.IsKeyFrame, follows: true);
                Assert.True(decoder.TryTake(out var picture), $"nothing decoded at tick {tick}");
                using (picture)
                {
                    Assert.Equal(accessUnit.Timestamp, picture.Timestamp);
                    Assert.Equal((Size.Width, Size.Height), (picture.Width, picture.Height));
                    var view = picture.View;
                    Assert.InRange(view.Y[(120 * view.YStride) + 160], 60 + (tick * 3) - 6, 60 + (tick * 3) + 6);
                    Assert.InRange(view.U[(60 * view.UStride) + 80], 84, 96);
                    Assert.InRange(view.V[(60 * view.VStride) + 80], 194, 206);
                }
            }
        }
    }

    [Theory]
    [InlineData(VideoCodec.H264, "x264enc")]
    [InlineData(VideoCodec.H264, "openh264enc")]
    [InlineData(VideoCodec.H264, "nvh264enc")]
    [InlineData(VideoCodec.H264, "vah264enc")]
    [InlineData(VideoCodec.H264, "qsvh264enc")]
    [InlineData(VideoCodec.H264, "v4l2h264enc")]
    [InlineData(VideoCodec.Vp8, "vp8enc")]
    public void Encode_ByEachConfigurableElement_GivesPicturesOrSaysThatItIsMissing(VideoCodec codec, string element)
    {
        if (!GstRuntime.HasElement(element))
        {
            var problem = Assert.Throws<CodecException>(() => new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 800, element));
            Assert.Contains(element, problem.Message, StringComparison.Ordinal);
            return;
        }

        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 800, element);
        using var decoder = new VideoDecoder(codec, new CodecElements());
        var decoded = 0;
        for (var tick = 0; tick < 10; tick++)
        {
            using var canvas = pool.TryRent()!;
            canvas.Y.Fill(100);
            canvas.U.Fill(90);
            canvas.V.Fill(200);
            encoder.SetBitrate(600 + tick);
            encoder.Encode(canvas, tick);
            while (encoder.TryTake(out var accessUnit))
            {
                using (accessUnit)
                {
                    decoder.Decode(accessUnit.Data, accessUnit.Timestamp, accessUnit.IsKeyFrame, follows: true);
                }
            }

            while (decoder.TryTake(out var picture))
            {
                decoded++;
                Assert.InRange(picture.View.U[0], 84, 96);
                picture.Dispose();
            }
        }

        Assert.Equal(10, decoded);
    }

    [Fact]
    public void VideoEncoder_ElementOfUnknownUnits_IsRefusedWithWhatIsAllowed()
    {
        var problem = Assert.Throws<CodecException>(() => new VideoEncoder(VideoCodec.Vp8, Size, frameRate: 30, bitrateKbps: 800, "x264enc"));
        Assert.Contains("'x264enc'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("vp8enc, vaapivp8enc", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void RequestKeyFrame_Twice_MakesTheNextPictureTheOnlyKeyFrame(VideoCodec codec)
    {
        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 800, new CodecElements());
        var keyFrames = new List<int>();
        for (var tick = 0; tick < 12; tick++)
        {
            if (tick == 5)
            {
                encoder.RequestKeyFrame();
                encoder.RequestKeyFrame();
            }

            using var canvas = pool.TryRent()!;
            canvas.Y.Fill(100);
            canvas.U.Fill(128);
            canvas.V.Fill(128);
            encoder.Encode(canvas, tick);
            Assert.True(encoder.TryTake(out var accessUnit));
            using (accessUnit)
            {
                if (accessUnit.IsKeyFrame)
                {
                    keyFrames.Add(tick);
                }
            }
        }

        Assert.Equal([0, 5], keyFrames);
    }

    [Fact]
    public void Encode_H264_IsConstrainedBaselineWithParametersBeforeEveryKeyFrame()
    {
        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(VideoCodec.H264, Size, frameRate: 30, bitrateKbps: 800, new CodecElements());
        for (var tick = 0; tick < 4; tick++)
        {
            encoder.RequestKeyFrame();
            using var canvas = pool.TryRent()!;
            canvas.Y.Fill(100);
            canvas.U.Fill(128);
            canvas.V.Fill(128);
            encoder.Encode(canvas, tick);
            Assert.True(encoder.TryTake(out var accessUnit));
            using (accessUnit)
            {
                // The first unit is a sequence parameter set: profile_idc 66 with constraint_set1 (RFC 6184 §8.1).
                Assert.True(accessUnit.Data.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 1, 0x67, 66]));
                Assert.Equal(0x40, accessUnit.Data[6] & 0x40);
            }
        }
    }

    [Theory]
    [InlineData(VideoCodec.H264)]
    [InlineData(VideoCodec.Vp8)]
    public void Decode_Garbage_GivesNothingAndTheNextKeyFrameDecodes(VideoCodec codec)
    {
        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(codec, Size, frameRate: 30, bitrateKbps: 800, new CodecElements());
        using var decoder = new VideoDecoder(codec, new CodecElements());
        var random = new Random(7);
        var garbage = new byte[700];
        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(garbage);
            decoder.Decode(garbage, (ulong)i, isKeyFrame: i % 2 == 0, follows: false);
        }

        while (decoder.TryTake(out var wrong))
        {
            wrong.Dispose();
        }

        using var canvas = pool.TryRent()!;
        canvas.Y.Fill(100);
        canvas.U.Fill(128);
        canvas.V.Fill(128);
        encoder.Encode(canvas, 0);
        Assert.True(encoder.TryTake(out var accessUnit));
        decoder.Decode(accessUnit.Data, 1_000_000_000, isKeyFrame: true, follows: false);
        accessUnit.Dispose();
        Assert.True(decoder.TryTake(out var picture));
        Assert.InRange(picture.View.Y[0], 95, 105);
        picture.Dispose();
    }

    [Fact]
    public void VideoDecoder_UnknownElement_SaysWhichOne()
    {
        var elements = new CodecElements { H264Decoder = "nosuchdec" };
        var problem = Assert.Throws<CodecException>(() => new VideoDecoder(VideoCodec.H264, elements));
        Assert.Contains("nosuchdec", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetBitrate_Lower_MakesSmallerPictures()
    {
        using var pool = new CanvasPool(Size, capacity: 2);
        using var encoder = new VideoEncoder(VideoCodec.H264, Size, frameRate: 30, bitrateKbps: 3000, new CodecElements());
        var random = new Random(3);
        var before = EncodeNoise(encoder, pool, random, 0);
        encoder.SetBitrate(300);
        EncodeNoise(encoder, pool, random, 30);
        var after = EncodeNoise(encoder, pool, random, 60);
        Assert.True(after < before / 3, $"{before} bytes before, {after} after");
    }

    private static int EncodeNoise(VideoEncoder encoder, CanvasPool pool, Random random, int firstTick)
    {
        var bytes = 0;
        for (var tick = firstTick; tick < firstTick + 30; tick++)
        {
            using var canvas = pool.TryRent()!;
            random.NextBytes(canvas.Y);
            canvas.U.Fill(128);
            canvas.V.Fill(128);
            encoder.Encode(canvas, tick);
            Assert.True(encoder.TryTake(out var accessUnit));
            bytes += accessUnit.Data.Length;
            accessUnit.Dispose();
        }

        return bytes;
    }
}
