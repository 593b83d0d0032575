using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// How a video encoder element is set up for live pictures: property names and units differ from element to element.
/// </summary>
internal sealed class EncoderProfile
{
    /// <summary>Name of the encoder inside the pipeline.</summary>
    public const string ElementName = "encoder";

    private readonly string _element;
    private readonly string _settings;
    private readonly string _keyFrameProperty;
    private readonly int _bitsPerUnit;

    private EncoderProfile(
        string element, string settings, string bitrateProperty, int bitsPerUnit, string keyFrameProperty, string outputCaps)
    {
        _element = element;
        _settings = settings;
        BitrateProperty = bitrateProperty;
        _bitsPerUnit = bitsPerUnit;
        _keyFrameProperty = keyFrameProperty;
        OutputCaps = outputCaps;
    }

    public string BitrateProperty { get; }

    public string OutputCaps { get; }

    public static EncoderProfile For(VideoCodec codec, string element)
    {
        var caps = codec == VideoCodec.H264
            ? "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au"
            : "video/x-vp8";
        return element switch
        {
            // One thread: the worker encodes several outputs side by side, and slices would cost quality.
            "x264enc" => new EncoderProfile(
                element,
                "speed-preset=ultrafast tune=zerolatency byte-stream=true bframes=0 threads=1 sliced-threads=false aud=false qos=false",
                "bitrate",
                1000,
                "key-int-max",
                caps),
            "openh264enc" => new EncoderProfile(
                element, "complexity=low rate-control=bitrate multi-thread=1 qos=false", "bitrate", 1, "gop-size", caps),

            // A negative cpu-used fixes the speed; a positive one would use up a share of the frame time, needed or
            // not.
            "vp8enc" => new EncoderProfile(
                element,
                "deadline=1 cpu-used=-16 threads=1 lag-in-frames=0 end-usage=cbr static-threshold=100 min-quantizer=4 max-quantizer=56 " +
                "undershoot=100 overshoot=15 buffer-initial-size=500 buffer-optimal-size=600 buffer-size=1000 qos=false",
                "target-bitrate",
                1,
                "keyframe-max-dist",
                caps),
            "nvh264enc" => new EncoderProfile(
                element, "preset=low-latency-hq zerolatency=true bframes=0 rc-mode=cbr", "bitrate", 1000, "gop-size", caps),
            "vah264enc" or "vaapih264enc" or "qsvh264enc" => new EncoderProfile(
                element, "", "bitrate", 1000, element == "vah264enc" ? "key-int-max" : "keyframe-period", caps),
            "v4l2h264enc" => new EncoderProfile(element, "", "bitrate", 1, "", caps),
            _ => new EncoderProfile(element, "", "bitrate", 1000, "", caps),
        };
    }

    /// <summary>The elements as <c>gst-launch</c> takes them.</summary>
    public string Describe(int bitrateKbps, int keyFrameInterval)
    {
        var interval = _keyFrameProperty.Length > 0 ? $"{_keyFrameProperty}={keyFrameInterval} " : "";
        return $"{_element} name={ElementName} {BitrateProperty}={FormatBitrate(bitrateKbps)} {interval}{_settings}";
    }

    public string FormatBitrate(int kbps) => (kbps * 1000L / _bitsPerUnit).ToString();
}
