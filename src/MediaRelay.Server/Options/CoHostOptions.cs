namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:CoHost</c>: joining rooms, and the GStreamer elements that mix them.</summary>
internal sealed class CoHostOptions
{
    public const string Section = "MediaRelay:CoHost";

    /// <summary>Of <see cref="ShowNames"/>.</summary>
    public const string NamesInTiles = "tiles";

    /// <summary>How long an invitation waits for every merchant's consent, 1 s to 1 day. A minute: hosts answer while on air.</summary>
    public TimeSpan InviteTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>GStreamer element that encodes H.264 (<c>x264enc</c>, <c>nvh264enc</c>, <c>vah264enc</c>…).</summary>
    public string H264Encoder { get; set; } = "x264enc";

    /// <summary>GStreamer element that decodes H.264.</summary>
    public string H264Decoder { get; set; } = "avdec_h264";

    /// <summary>GStreamer element that encodes VP8.</summary>
    public string Vp8Encoder { get; set; } = "vp8enc";

    /// <summary>GStreamer element that decodes VP8.</summary>
    public string Vp8Decoder { get; set; } = "vp8dec";

    /// <summary>GStreamer element that encodes Opus.</summary>
    public string OpusEncoder { get; set; } = "opusenc";

    /// <summary>GStreamer element that decodes Opus.</summary>
    public string OpusDecoder { get; set; } = "opusdec";

    /// <summary>Bits per second of one mixed picture, 100,000–20,000,000. 1.5 Mbit/s: what 720p30 of talking hosts needs.</summary>
    public int VideoBitRate { get; set; } = 1_500_000;

    /// <summary>
    /// Bits per second, 100,000–20,000,000, that a mixed picture is lowered to at most for viewers whose ways carry no more; who carries not even
    /// that gets a picture of half the width and height. 600 kbit/s: with less 720p looks worse than that. At most <see cref="VideoBitRate"/>
    /// counts.
    /// </summary>
    public int LeastVideoBitRate { get; set; } = 600_000;

    /// <summary>
    /// Whether merchants' names are drawn into a mix: <c>none</c>, or <c>tiles</c>, each into its host's tile. None: a page knows from the
    /// layout messages where each merchant is, and draws names sharper, in its own style, and so that they can be tapped.
    /// </summary>
    public string ShowNames { get; set; } = "none";

    /// <summary>LUFS that every host's speech is brought to in a mix, −30…−10. −18: speech that phones play without their limiters.</summary>
    public double LoudnessTarget { get; set; } = -18;

    /// <summary>
    /// Workers, 0–8, that are started ahead and wait for a session, so that it begins within a second and a dead one is replaced at
    /// once. 1: sessions begin one after the other. Each holds memory (see <c>mix_spare_memory_bytes</c>) and no CPU.
    /// </summary>
    public int SpareWorkers { get; set; } = 1;

    /// <summary>What a session does whose mixer gets too little CPU: <c>keep</c>, <c>halve</c> (its frame rate) or <c>end</c>.</summary>
    public string WhenSlow { get; set; } = "halve";

    /// <summary>
    /// Cores that a session of two rooms needs, 0–64, as long as none runs here to be measured; 0: CPU is not looked at. 0.35: two
    /// 720p30 hosts decoded, one 720 × 1280 picture composed and encoded with x264, three sounds.
    /// </summary>
    public double CoresPerSession { get; set; } = 0.35;

    /// <summary>Active sessions at a time, 0–1,000; 0: as many as there is CPU for.</summary>
    public int MaxSessions { get; set; }

    /// <summary>
    /// By how much workers give way to the relay's loops, 0–19 as of <c>nice(1)</c>. 5: under full load a loop gets three times the CPU.
    /// </summary>
    public int WorkerNice { get; set; } = 5;

    /// <summary>CPUs that workers may use, as <c>4-15,17</c>; empty for all.</summary>
    public string Cpus { get; set; } = "";
}
