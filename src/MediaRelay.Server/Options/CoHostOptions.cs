namespace MediaRelay.Server.Options;

/// <summary><c>MediaRelay:CoHost</c>: joining rooms, and the GStreamer elements that mix them.</summary>
internal sealed class CoHostOptions
{
    public const string Section = "MediaRelay:CoHost";

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
}
