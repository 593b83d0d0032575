namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Opus packets in, 16-bit samples out (48 kHz, stereo, interleaved L R), on the calling thread; makes up what was
/// lost. Results are valid until the next call. One thread at a time.
/// </summary>
internal abstract class AudioDecoder : IDisposable
{
    public const int SampleRate = 48_000;

    /// <summary>Samples per channel in the longest Opus packet: 120 ms (RFC 6716 §3.2.5).</summary>
    public const int MaxFrames = 5_760;

    private protected const int Channels = 2;

    /// <summary>
    /// The decoder that is configured. In place of <c>opusdec</c> it is the library behind that, asked directly: as an
    /// element it can use a packet's forward error correction only by being one packet late all the time.
    /// </summary>
    /// <exception cref="CodecException">The element is missing.</exception>
    public static AudioDecoder Create(CodecElements elements) =>
        elements.OpusDecoder == "opusdec" && Opus.IsInstalled ? new LibraryAudioDecoder() : new ElementAudioDecoder(elements.OpusDecoder);

    /// <summary>
    /// Decodes one packet of <paramref name="frames"/> samples per channel; may give fewer or none when the packet is
    /// damaged.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public abstract ReadOnlySpan<short> Decode(ReadOnlySpan<byte> packet, int frames);

    /// <summary>
    /// Makes up <paramref name="frames"/> samples per channel (a multiple of 120, at most <see cref="MaxFrames"/>) from
    /// what came before.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public abstract ReadOnlySpan<short> Conceal(int frames);

    /// <summary>
    /// The <paramref name="frames"/> samples per channel (one Opus frame) before <paramref name="next"/>, of which that
    /// packet holds a copy (RFC 6716 §2.1.7); to be called before it is decoded itself. Made up where the decoder cannot
    /// use it.
    /// </summary>
    /// <exception cref="CodecException">The decoder gave up; it must be replaced.</exception>
    public abstract ReadOnlySpan<short> Recover(ReadOnlySpan<byte> next, int frames);

    public abstract void Dispose();
}
