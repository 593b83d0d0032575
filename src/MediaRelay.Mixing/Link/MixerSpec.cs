using MediaRelay.Mixing.Codecs;
using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Mixing.Link;

/// <summary>Everything that a worker must know to begin a co-host session.</summary>
public sealed record MixerSpec(
    string CoHostId, IReadOnlyList<MixerSourceSpec> Sources, IReadOnlyList<MixerOutputSpec> Outputs, Layout Layout)
{
    /// <summary>Pictures per second of the canvas clock, 1–60.</summary>
    public int FrameRate { get; init; } = 30;

    /// <summary>Bit rate of each video output in kbit/s.</summary>
    public int VideoBitrateKbps { get; init; } = 2500;

    /// <summary>Bit rate of each audio output in kbit/s: transparent for speech and music together.</summary>
    public int AudioBitrateKbps { get; init; } = 96;

    /// <summary>LUFS (ITU-R BS.1770-4) that each source's speech is brought to, −30…−10.</summary>
    public double LoudnessTarget { get; init; } = -18;

    /// <summary>Merchants' names are drawn into their hosts' tiles.</summary>
    public bool ShowsNames { get; init; }

    /// <summary>Which GStreamer elements decode and encode.</summary>
    public CodecElements Elements { get; init; } = new();
}
