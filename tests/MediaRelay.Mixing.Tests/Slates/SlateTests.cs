using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Slates;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Tests.Slates;

public sealed class SlateTests
{
    [Theory]
    [InlineData(VideoCodec.H264, true)]
    [InlineData(VideoCodec.H264, false)]
    [InlineData(VideoCodec.Vp8, true)]
    [InlineData(VideoCodec.Vp8, false)]
    public void Get_EveryCodecAndOrientation_DecodesToAPictureWithWhiteText(VideoCodec codec, bool portrait)
    {
        var slate = GenericSlates.Get(codec, portrait);
        Assert.Same(slate, GenericSlates.Get(codec, portrait));
        Assert.Equal(Slate.Frames, slate.AccessUnits.Count);
        Assert.InRange(slate.AccessUnits[0].Length, 500, 20_000);
        AssertDecodes(slate, codec, CanvasSize.For(portrait));
    }

    [Fact]
    public void Encode_NameWithMarkupAndControls_IsDrawnAsItStands()
    {
        var data = SlateEncoder.Encode("<b>A&B\"</b>\u0001 店", VideoCodec.H264, CanvasSize.Landscape, new CodecElements());
        Assert.True(Slate.TryParse(data, out var slate));
        AssertDecodes(slate, VideoCodec.H264, CanvasSize.Landscape);
    }

    [Fact]
    public void Encode_WithoutTheTextElement_IsAPlainColour()
    {
        var elements = new CodecElements { TextOverlay = "nosuchoverlay" };
        var data = SlateEncoder.Encode("A", VideoCodec.Vp8, new CanvasSize(320, 240), elements);
        Assert.True(Slate.TryParse(data, out _));
    }

    [Fact]
    public void TryParse_CutAtEveryLength_ReturnsFalse()
    {
        var elements = new CodecElements { TextOverlay = "nosuchoverlay" };
        var data = SlateEncoder.Encode("A", VideoCodec.H264, new CanvasSize(160, 160), elements);
        for (var length = 0; length < data.Length; length++)
        {
            Assert.False(Slate.TryParse(data.AsMemory(0, length), out _));
        }
    }

    private static void AssertDecodes(Slate slate, VideoCodec codec, CanvasSize size)
    {
        using var decoder = new VideoDecoder(codec, new CodecElements());
        for (var i = 0; i < slate.AccessUnits.Count; i++)
        {
            decoder.Decode(slate.AccessUnits[i].Span, (ulong)i * 250_000_000, isKeyFrame: i == 0, follows: i > 0);
            Assert.True(decoder.TryTake(out var picture), $"access unit {i} gives no picture");
            using (picture)
            {
                Assert.Equal((size.Width, size.Height), (picture.Width, picture.Height));
                var white = picture.View.Y.ToArray().Count(luma => luma > 200);
                Assert.InRange(white, 500, size.Width * size.Height / 10);
            }
        }
    }
}
