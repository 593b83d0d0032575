using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Opus packets in, 16-bit samples out (48 kHz, stereo, interleaved L R), on the calling thread; makes up what was
/// lost. One thread at a time.
/// </summary>
internal sealed class AudioDecoder : ICodecSink, IDisposable
{
    public const int SampleRate = 48_000;

    /// <summary>Samples per channel in the longest Opus packet: 120 ms (RFC 6716 §3.2.5).</summary>
    public const int MaxFrames = 5_760;

    private readonly CodecPipeline _pipeline;
    private readonly short[] _samples = new short[MaxFrames * 2];
    private int _frames;
    private long _position;

    /// <exception cref="CodecException">The element is missing.</exception>
    public AudioDecoder(CodecElements elements)
    {
        var name = elements.OpusDecoder;
        _pipeline = new CodecPipeline(
            name == "opusdec" ? "opusdec plc=true" : name,
            $"audio/x-opus,channel-mapping-family=0,channels=2,rate={SampleRate}",
            $"audio/x-raw,format=S16LE,layout=interleaved,rate={SampleRate},channels=2",
            this);
    }

    /// <summary>
    /// Decodes one packet of <paramref name="frames"/> samples per channel; the result is valid until the next call and
    /// may be shorter or empty when the packet is damaged.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public ReadOnlySpan<short> Decode(ReadOnlySpan<byte> packet, int frames)
    {
        _frames = 0;
        _pipeline.Push(packet, TimeOf(_position), TimeOf(_position + frames) - TimeOf(_position), 0);
        _position += frames;
        return _samples.AsSpan(0, _frames * 2);
    }

    /// <summary>
    /// Makes up <paramref name="frames"/> samples per channel (at most <see cref="MaxFrames"/>) from what came before.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public ReadOnlySpan<short> Conceal(int frames)
    {
        _frames = 0;
        _pipeline.PushGap(TimeOf(_position), TimeOf(_position + frames) - TimeOf(_position));
        _position += frames;
        return _samples.AsSpan(0, _frames * 2);
    }

    public void Dispose() => _pipeline.Dispose();

    bool ICodecSink.OnFormat(nint structure) => true;

    void ICodecSink.OnBuffer(nint buffer)
    {
        using var output = CodecBuffer.Take(buffer);
        var samples = MemoryMarshal.Cast<byte, short>(output.Data);
        var free = _samples.AsSpan(_frames * 2);
        var count = Math.Min(samples.Length, free.Length);
        samples[..count].CopyTo(free);
        _frames += count / 2;
    }

    private static ulong TimeOf(long frames) => (ulong)((UInt128)frames * 1_000_000_000 / SampleRate);
}
