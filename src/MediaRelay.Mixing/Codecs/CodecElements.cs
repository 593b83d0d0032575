using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// Names of the GStreamer elements that decode and encode, so that hardware is a setting: <c>nvh264enc</c>,
/// <c>vah264enc</c>, …
/// </summary>
public sealed record CodecElements
{
    public string H264Decoder { get; init; } = "avdec_h264";

    public string Vp8Decoder { get; init; } = "vp8dec";

    public string H264Encoder { get; init; } = "x264enc";

    public string Vp8Encoder { get; init; } = "vp8enc";

    public string OpusDecoder { get; init; } = "opusdec";

    public string OpusEncoder { get; init; } = "opusenc";

    /// <summary>Draws merchants' names on their slates; without it a slate is a plain colour.</summary>
    public string TextOverlay { get; init; } = "textoverlay";

    /// <summary>Names that <see cref="H264Encoder"/> and <see cref="Vp8Encoder"/> may have, installed or not.</summary>
    public static IReadOnlyList<string> KnownEncoders(VideoCodec codec) => [.. EncoderProfile.ElementsFor(codec)];

    public string DecoderFor(VideoCodec codec) => codec == VideoCodec.H264 ? H264Decoder : Vp8Decoder;

    public string EncoderFor(VideoCodec codec) => codec == VideoCodec.H264 ? H264Encoder : Vp8Encoder;

    /// <summary>The encoder that works on any machine, for when the configured one does not.</summary>
    internal static string SoftwareEncoder(VideoCodec codec) => codec == VideoCodec.H264 ? "x264enc" : "vp8enc";

    /// <summary>What mixing cannot do without.</summary>
    internal IEnumerable<string> Required() => [H264Decoder, Vp8Decoder, H264Encoder, Vp8Encoder, OpusDecoder, OpusEncoder];
}
