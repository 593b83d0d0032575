using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Codes;

namespace MediaRelay.Testing.Tests.Probes;

/// <summary>A code must survive encoder, tile, encoder: nothing that is measured is worth more than the reading.</summary>
public sealed class ProbePictureTests
{
    private static readonly ProbeTimeline Timeline = new(Timestamp.Zero, TimeSpan.Zero, FramesPerLoop: 0);

    [Theory]
    [InlineData(720, 1280)]
    [InlineData(1280, 720)]
    [InlineData(360, 640)]
    public void TryRead_PaintedPicture_GivesItsCode(int width, int height)
    {
        using var pool = new CanvasPool(new CanvasSize(width, height), capacity: 1);
        var painter = new ProbePainter(1, width, height);
        using var picture = pool.TryRent()!;
        for (var number = 0; number < 100; number += 7)
        {
            var code = Timeline.CodeOf(1, number);
            painter.Paint(picture, code, ProbeTimeline.IsMarked(number));
            var whole = ProbePlacement.Of(width, height, new PixelRect(0, 0, width, height), TileFit.Cover);
            Assert.True(ProbeReader.TryRead(picture.View, new ProbeGrid(width, height), whole, out var read));
            Assert.Equal(code, read);
        }
    }

    [Fact]
    public void TryRead_PlainPicture_GivesNothing()
    {
        using var pool = new CanvasPool(new CanvasSize(360, 640), capacity: 1);
        using var picture = pool.TryRent()!;
        picture.Y.Fill(16);
        var whole = ProbePlacement.Of(360, 640, new PixelRect(0, 0, 360, 640), TileFit.Cover);
        Assert.False(ProbeReader.TryRead(picture.View, new ProbeGrid(360, 640), whole, out _));
        Assert.Equal(16, ProbeReader.MeanLuma(picture.View, new PixelRect(0, 0, 360, 640)));
    }

    [Fact]
    public void TryRead_PlacedBesideThePicture_GivesNothing()
    {
        using var pool = new CanvasPool(new CanvasSize(360, 640), capacity: 1);
        using var picture = pool.TryRent()!;
        new ProbePainter(0, 360, 640).Paint(picture, Timeline.CodeOf(0, 5), isMarked: false);
        Assert.False(ProbeReader.TryRead(picture.View, new ProbeGrid(360, 640), new ProbePlacement(1, 200, 0), out _));
        Assert.False(ProbeReader.TryRead(picture.View, new ProbeGrid(360, 640), new ProbePlacement(1, -200, 0), out _));
    }

    [Theory]
    [InlineData("auto", true, VideoCodec.H264)]
    [InlineData("auto", false, VideoCodec.H264)]
    [InlineData("side-by-side", true, VideoCodec.H264)]
    [InlineData("top-bottom", false, VideoCodec.H264)]
    [InlineData("picture-in-picture", true, VideoCodec.H264)]
    [InlineData("picture-in-picture", false, VideoCodec.Vp8)]
    [InlineData("main-strip", true, VideoCodec.H264)]
    [InlineData("auto", true, VideoCodec.Vp8)]
    public void TryRead_ThroughTwoEncodersAndATile_GivesItsCode(string name, bool portrait, VideoCodec codec)
    {
        Assert.True(Layout.TryFromName(name, out var layout));
        TileOwner[] owners = [new("a", "m-a"), new("b", "m-b")];
        var canvas = CanvasSize.For(portrait);
        using var pool = new CanvasPool(canvas, capacity: 3);
        using var mixed = new CodecTrip(codec, canvas, bitrateKbps: 2_500);
        using var first = new CodecTrip(codec, CanvasSize.Portrait, bitrateKbps: 1_500);
        var composer = new SceneComposer(canvas) { Tiles = layout.Place(canvas, owners) };
        using var sources = new CanvasPool(CanvasSize.Portrait, capacity: 3);
        ProbePainter[] painters = [new(0, 720, 1280), new(1, 720, 1280)];
        for (var number = 0; number < 4; number++)
        {
            using var picture = pool.TryRent()!;
            composer.Begin(picture);
            for (var i = 0; i < composer.Tiles.Count; i++)
            {
                var source = composer.Tiles[i].Owner == owners[0] ? 0 : 1;
                using var painted = sources.TryRent()!;
                painters[source].Paint(painted, Timeline.CodeOf(source, number), isMarked: false);
                using var sent = first.Take(painted);
                composer.Draw(picture, i, sent.View);
            }

            using var seen = mixed.Take(picture);
            foreach (var tile in composer.Tiles)
            {
                var placement = ProbePlacement.Of(720, 1280, tile.Area, tile.Fit);
                Assert.True(ProbeReader.TryRead(seen.View, new ProbeGrid(720, 1280), placement, out var code), $"picture {number}, {tile}");
                Assert.Equal(Timeline.CodeOf(tile.Owner == owners[0] ? 0 : 1, number), code);
            }
        }
    }

    /// <summary>Through an encoder and a decoder. Every picture is a key frame, so that two sources may share one.</summary>
    private sealed class CodecTrip(VideoCodec codec, CanvasSize size, int bitrateKbps) : IDisposable
    {
        private readonly VideoEncoder _encoder = new(codec, size, ProbeTimeline.FrameRate, bitrateKbps, new CodecElements());
        private readonly VideoDecoder _decoder = new(codec, new CodecElements());
        private long _tick;

        public DecodedPicture Take(CanvasPicture picture)
        {
            _encoder.RequestKeyFrame();
            _encoder.Encode(picture, _tick++);
            Assert.True(_encoder.TryTake(out var accessUnit));
            using (accessUnit)
            {
                _decoder.Decode(accessUnit.Data, (ulong)_tick, accessUnit.IsKeyFrame, follows: true);
            }

            Assert.True(_decoder.TryTake(out var decoded));
            return decoded;
        }

        public void Dispose()
        {
            _encoder.Dispose();
            _decoder.Dispose();
        }
    }
}
