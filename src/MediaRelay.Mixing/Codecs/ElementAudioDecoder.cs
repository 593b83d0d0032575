using System.Runtime.InteropServices;

namespace MediaRelay.Mixing.Codecs;

/// <summary>Decodes with a GStreamer element, without forward error correction.</summary>
internal sealed class ElementAudioDecoder : AudioDecoder, ICodecSink
{
    private readonly CodecPipeline _pipeline;
    private readonly short[] _samples = new short[MaxFrames * Channels];
    private int _frames;
    private long _position;

    /// <param name="name">The element's.</param>
    /// <exception cref="CodecException">The element is missing.</exception>
    public ElementAudioDecoder(string name) => _pipeline = new CodecPipeline(
        name == "opusdec" ? "opusdec plc=true" : name,
        $"audio/x-opus,channel-mapping-family=0,channels={Channels},rate={SampleRate}",
        $"audio/x-raw,format=S16LE,layout=interleaved,rate={SampleRate},channels={Channels}",
        this);

    public override ReadOnlySpan<short> Decode(ReadOnlySpan<byte> packet, int frames)
    {
        _frames = 0;
        _pipeline.Push(packet, TimeOf(_position), TimeOf(_position + frames) - TimeOf(_position), 0);
        _position += frames;
        return _samples.AsSpan(0, _frames * Channels);
    }

    public override ReadOnlySpan<short> Conceal(int frames)
    {
        _frames = 0;
        _pipeline.PushGap(TimeOf(_position), TimeOf(_position + frames) - TimeOf(_position));
        _position += frames;
        return _samples.AsSpan(0, _frames * Channels);
    }

    public override ReadOnlySpan<short> Recover(ReadOnlySpan<byte> next, int frames) => Conceal(frames);

    public override void Dispose() => _pipeline.Dispose();

    bool ICodecSink.OnFormat(nint structure) => true;

    void ICodecSink.OnBuffer(nint buffer)
    {
        using var output = CodecBuffer.Take(buffer);
        var samples = MemoryMarshal.Cast<byte, short>(output.Data);
        var free = _samples.AsSpan(_frames * Channels);
        var count = Math.Min(samples.Length, free.Length);
        samples[..count].CopyTo(free);
        _frames += count / Channels;
    }

    private static ulong TimeOf(long frames) => (ulong)((UInt128)frames * 1_000_000_000 / SampleRate);
}
