using System.Diagnostics.CodeAnalysis;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Mixing.Video;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Canvas pictures in, access units out, on the calling thread: H.264 constrained baseline as byte stream, or VP8. No
/// reordering, no look-ahead; key frames only at the start and on request. One thread at a time.
/// </summary>
internal sealed class VideoEncoder : ICodecSink, IDisposable
{
    // A minute: who needs a key frame asks for one. The interval only bounds how long an encoder may refer back.
    private const int KeyFrameSeconds = 60;

    private readonly CodecPipeline _pipeline;
    private readonly EncoderProfile _profile;
    private readonly Queue<CodecBuffer> _ready = new();
    private readonly int _frameRate;
    private bool _keyFrameRequested;

    /// <exception cref="CodecException">The element is missing, unknown or does not take the format.</exception>
    public VideoEncoder(VideoCodec codec, CanvasSize size, int frameRate, int bitrateKbps, CodecElements elements)
        : this(codec, size, frameRate, bitrateKbps, elements.EncoderFor(codec))
    {
    }

    /// <exception cref="CodecException">The element is missing, unknown or does not take the format.</exception>
    public VideoEncoder(VideoCodec codec, CanvasSize size, int frameRate, int bitrateKbps, string element)
    {
        Codec = codec;
        _frameRate = frameRate;
        _profile = EncoderProfile.For(codec, element);
        var caps = $"video/x-raw,format=I420,width={size.Width},height={size.Height},framerate={frameRate}/1," +
            "pixel-aspect-ratio=1/1,interlace-mode=progressive,colorimetry=bt709";
        _pipeline = new CodecPipeline(
            _profile.Describe(bitrateKbps, KeyFrameSeconds * frameRate), caps, EncoderProfile.OutputCapsFor(codec), this);
    }

    public VideoCodec Codec { get; }

    /// <summary>The next picture becomes a key frame; any number of requests before it make one.</summary>
    public void RequestKeyFrame() => _keyFrameRequested = true;

    public void SetBitrate(int kbps) => _pipeline.SetProperty(EncoderProfile.ElementName, _profile.BitrateProperty, _profile.FormatBitrate(kbps));

    /// <summary>
    /// Encodes <paramref name="picture"/>, which the encoder shares until it has read it. Ticks count from 0 at the
    /// frame rate.
    /// </summary>
    /// <exception cref="CodecException">The encoder gave up; it must be replaced.</exception>
    public unsafe void Encode(CanvasPicture picture, long tick)
    {
        if (_keyFrameRequested)
        {
            _keyFrameRequested = false;
            _pipeline.ForceKeyFrame();
        }

        picture.Retain();
        _pipeline.PushShared(
            picture.Memory, picture.Length, picture.Handle, &CanvasPicture.ReleaseFromNative, TimeOf(tick), TimeOf(tick + 1) - TimeOf(tick));
    }

    /// <summary>The next access unit, which the caller disposes; false when there is none.</summary>
    public bool TryTake([NotNullWhen(true)] out CodecBuffer? accessUnit) => _ready.TryDequeue(out accessUnit);

    /// <summary>The tick that <paramref name="accessUnit"/> was encoded from.</summary>
    public long TickOf(CodecBuffer accessUnit)
    {
        var time = accessUnit.Timestamp - _pipeline.OutputStart;
        return (long)((((UInt128)time * (ulong)_frameRate) + 500_000_000) / 1_000_000_000);
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        while (_ready.TryDequeue(out var accessUnit))
        {
            accessUnit.Dispose();
        }
    }

    bool ICodecSink.OnFormat(nint structure) => true;

    void ICodecSink.OnBuffer(nint buffer) => _ready.Enqueue(CodecBuffer.Take(buffer));

    private ulong TimeOf(long tick) => (ulong)((UInt128)tick * 1_000_000_000 / (ulong)_frameRate);
}
