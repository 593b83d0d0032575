using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Sources;

/// <summary>One probe host.</summary>
/// <param name="Source">0–3; chooses colour and frequencies, and is in the code.</param>
/// <param name="Epoch">
/// On the clock of the run: when the first picture is captured. All sources whose skew is to be measured have the same.
/// </param>
public sealed record ProbeSourceOptions(int Source, Timestamp Epoch)
{
    public VideoCodec Codec { get; init; } = VideoCodec.H264;

    /// <summary>Even numbers of pixels, 90 at least.</summary>
    public int Width { get; init; } = 360;

    public int Height { get; init; } = 640;

    public int BitrateKbps { get; init; } = 800;

    /// <summary>
    /// How much later than the epoch's raster pictures are captured, less than 33 ms: two cameras are never in phase.
    /// </summary>
    public TimeSpan Phase { get; init; }

    /// <summary>
    /// Encodes so many seconds once and then repeats them, with key frames every second and none on request, so that many hosts fit
    /// beside what is measured; 0 encodes as it goes.
    /// </summary>
    public int LoopSeconds { get; init; }

    /// <summary>Frequency of its tone, Hz.</summary>
    public int Tone => ProbeVoice.ToneOf(Source);

    /// <summary>Frequency of its bursts, Hz.</summary>
    public int Burst => ProbeVoice.BurstOf(Source);
}
