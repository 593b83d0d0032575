namespace MediaRelay.Mixing.Codecs;

/// <summary>Decodes with libopus.</summary>
internal sealed unsafe class LibraryAudioDecoder : AudioDecoder
{
    private readonly short[] _samples = new short[MaxFrames * Channels];
    private nint _decoder;

    /// <exception cref="CodecException">There is no memory for it.</exception>
    public LibraryAudioDecoder()
    {
        _decoder = Opus.DecoderCreate(SampleRate, Channels, out var error);
        if (_decoder == 0)
        {
            throw new CodecException($"opus_decoder_create: error {error}");
        }
    }

    // For the library "no data" means a lost packet, so an empty one must not get there.
    public override ReadOnlySpan<short> Decode(ReadOnlySpan<byte> packet, int frames) =>
        packet.IsEmpty ? default : Run(packet, MaxFrames, isRecovery: false);

    public override ReadOnlySpan<short> Conceal(int frames) => Run(default, frames, isRecovery: false);

    public override ReadOnlySpan<short> Recover(ReadOnlySpan<byte> next, int frames) => Run(next, frames, isRecovery: true);

    public override void Dispose()
    {
        if (_decoder != 0)
        {
            Opus.DecoderDestroy(_decoder);
            _decoder = 0;
        }
    }

    private ReadOnlySpan<short> Run(ReadOnlySpan<byte> packet, int maxFrames, bool isRecovery)
    {
        ObjectDisposedException.ThrowIf(_decoder == 0, this);
        fixed (byte* data = packet)
        {
            fixed (short* samples = _samples)
            {
                // Below 0 the packet is damaged; the decoder goes on with the next one.
                var frames = Opus.Decode(_decoder, data, packet.Length, samples, maxFrames, isRecovery ? 1 : 0);
                return _samples.AsSpan(0, Math.Max(0, frames) * Channels);
            }
        }
    }
}
