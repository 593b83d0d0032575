using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Testing.Probes.Codes;

namespace MediaRelay.Testing.Probes.Sources;

/// <summary>Paints and encodes each picture when it is due.</summary>
internal sealed class LiveProbeEncoding : IProbeEncoding
{
    private readonly int _source;
    private readonly ProbeTimeline _timeline;
    private readonly ProbePainter _painter;
    private readonly CanvasPool _pool;
    private readonly VideoEncoder _encoder;

    public LiveProbeEncoding(ProbeSourceOptions options, ProbeTimeline timeline)
    {
        _source = options.Source;
        _timeline = timeline;
        _painter = new ProbePainter(options.Source, options.Width, options.Height);
        var size = new CanvasSize(options.Width, options.Height);
        _pool = new CanvasPool(size, capacity: 2);
        _encoder = new VideoEncoder(options.Codec, size, ProbeTimeline.FrameRate, options.BitrateKbps, new CodecElements());
    }

    public void RequestKeyFrame() => _encoder.RequestKeyFrame();

    public ReadOnlyMemory<byte> Encode(long number, out bool isKeyFrame)
    {
        using (var canvas = _pool.TryRent() ?? throw new InvalidOperationException("The encoder keeps every picture."))
        {
            _painter.Paint(canvas, _timeline.CodeOf(_source, number), ProbeTimeline.IsMarked(number));
            _encoder.Encode(canvas, number);
        }

        // Without look-ahead a picture comes out with its push, and only that one.
        isKeyFrame = false;
        if (!_encoder.TryTake(out var accessUnit))
        {
            return default;
        }

        using (accessUnit)
        {
            isKeyFrame = accessUnit.IsKeyFrame;
            return accessUnit.Data.ToArray();
        }
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _pool.Dispose();
    }
}
