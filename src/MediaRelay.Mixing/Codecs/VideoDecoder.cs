using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Access units in, pictures out, on the calling thread and without added delay. One thread at a time; pictures may be
/// read and disposed on others.
/// </summary>
internal sealed class VideoDecoder : ICodecSink, IDisposable
{
    private readonly CodecPipeline _pipeline;
    private readonly Queue<DecodedPicture> _ready = new();
    private PictureFormat _format;

    /// <exception cref="CodecException">The element is missing.</exception>
    public VideoDecoder(VideoCodec codec, CodecElements elements)
    {
        var (description, caps) = Describe(codec, elements.DecoderFor(codec));
        Codec = codec;
        _pipeline = new CodecPipeline(description, caps, "video/x-raw", this);
    }

    public VideoCodec Codec { get; }

    /// <summary>Pictures in a format that cannot be mixed (not 4:2:0 with 8 bits, or too large).</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// Decodes one access unit (H.264: Annex B; VP8: one frame). <paramref name="timestamp"/>, in ns, comes back with
    /// the picture.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public void Decode(ReadOnlySpan<byte> accessUnit, ulong timestamp, bool isKeyFrame, bool follows)
    {
        var flags = (isKeyFrame ? 0 : Gst.BufferDeltaUnit) | (follows ? 0 : Gst.BufferDiscont);
        _pipeline.Push(accessUnit, timestamp, Gst.NoTime, flags);
    }

    /// <summary>The next picture, which the caller disposes; false when there is none.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DecodedPicture? picture) => _ready.TryDequeue(out picture);

    public void Dispose()
    {
        _pipeline.Dispose();
        while (_ready.TryDequeue(out var picture))
        {
            picture.Dispose();
        }
    }

    bool ICodecSink.OnFormat(nint structure)
    {
        if (PictureFormat.TryRead(structure, out _format))
        {
            return true;
        }

        Refused++;
        return false;
    }

    void ICodecSink.OnBuffer(nint buffer)
    {
        if (DecodedPicture.TryTake(buffer, _format) is { } picture)
        {
            _ready.Enqueue(picture);
        }
        else
        {
            Refused++;
        }
    }

    private static (string Description, string Caps) Describe(VideoCodec codec, string element)
    {
        var caps = codec == VideoCodec.H264 ? "video/x-h264,stream-format=byte-stream,alignment=au" : "video/x-vp8";
        var description = element switch
        {
            // Standard compliance "normal": "strict" holds pictures back when the stream does not say that it never
            // reorders.
            "avdec_h264" => "avdec_h264 max-threads=1 output-corrupt=false std-compliance=normal qos=false",
            "vp8dec" => "vp8dec threads=1 qos=false",
            _ when codec == VideoCodec.H264 => $"h264parse ! {element} ! videoconvert ! video/x-raw,format=I420",
            _ => $"{element} ! videoconvert ! video/x-raw,format=I420",
        };
        return (description, caps);
    }
}
