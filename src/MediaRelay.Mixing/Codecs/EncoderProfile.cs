using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// How a video encoder element is set up for live pictures: property names and units differ from element to element, and with drivers and
/// versions of GStreamer. A property that the installed element does not have is left out, except the bit rate's.
/// </summary>
internal sealed class EncoderProfile
{
    /// <summary>Name of the encoder inside the pipeline.</summary>
    public const string ElementName = "encoder";

    private const int Bits = 1;
    private const int Kilobits = 1000;

    private static readonly EncoderProfile[] H264 =
    [
        // One thread: the worker encodes several outputs side by side, and slices would cost quality.
        new("x264enc", "bitrate", Kilobits, "key-int-max",
            "speed-preset=ultrafast tune=zerolatency byte-stream=true bframes=0 threads=1 sliced-threads=false aud=false qos=false"),
        new("openh264enc", "bitrate", Bits, "gop-size", "complexity=low rate-control=bitrate multi-thread=1 qos=false"),
        Nvidia("nvh264enc"),
        Nvidia("nvautogpuh264enc"),
        Nvidia("nvcudah264enc"),
        Va("vah264enc"),
        Va("vah264lpenc"),
        new("vaapih264enc", "bitrate", Kilobits, "keyframe-period", "rate-control=cbr max-bframes=0 cabac=false dct8x8=false qos=false") { TakesNv12 = true },
        new("qsvh264enc", "bitrate", Kilobits, "gop-size", "rate-control=cbr low-latency=true b-frames=0 cabac=off qos=false") { TakesNv12 = true },

        // Drivers have no properties of their own: V4L2 controls in one structure, which may be set again while it runs.
        new("v4l2h264enc", "extra-controls", Bits, "", "qos=false") { TakesNv12 = true, BitrateFormat = "controls,video_bitrate={0}" },
        new("avenc_h264_omx", "bitrate", Bits, "gop-size", "max-bframes=0 qos=false"),
    ];

    private static readonly EncoderProfile[] Vp8 =
    [
        // A negative cpu-used fixes the speed; a positive one would use up a share of the frame time, needed or not.
        new("vp8enc", "target-bitrate", Bits, "keyframe-max-dist",
            "deadline=1 cpu-used=-16 threads=1 lag-in-frames=0 end-usage=cbr static-threshold=100 min-quantizer=4 max-quantizer=56 " +
            "undershoot=100 overshoot=15 buffer-initial-size=500 buffer-optimal-size=600 buffer-size=1000 qos=false"),
        new("vaapivp8enc", "bitrate", Kilobits, "keyframe-period", "rate-control=cbr qos=false") { TakesNv12 = true },
        new("v4l2vp8enc", "extra-controls", Bits, "", "qos=false") { TakesNv12 = true, BitrateFormat = "controls,video_bitrate={0}" },
    ];

    private readonly string _settings;
    private readonly string _keyFrameProperty;
    private readonly int _bitsPerUnit;

    private EncoderProfile(string element, string bitrateProperty, int bitsPerUnit, string keyFrameProperty, string settings)
    {
        Element = element;
        BitrateProperty = bitrateProperty;
        _bitsPerUnit = bitsPerUnit;
        _keyFrameProperty = keyFrameProperty;
        _settings = settings;
    }

    public string Element { get; }

    public string BitrateProperty { get; }

    private string BitrateFormat { get; init; } = "{0}";

    /// <summary>Hardware takes no I420, in which canvases are.</summary>
    private bool TakesNv12 { get; init; }

    public static string OutputCapsFor(VideoCodec codec) => codec == VideoCodec.H264
        ? "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au"
        : "video/x-vp8";

    /// <summary>Elements that may be configured.</summary>
    public static IEnumerable<string> ElementsFor(VideoCodec codec) => ProfilesFor(codec).Select(profile => profile.Element);

    /// <exception cref="CodecException">It is none of <see cref="ElementsFor"/>: its units would be guessed.</exception>
    public static EncoderProfile For(VideoCodec codec, string element) =>
        Array.Find(ProfilesFor(codec), profile => profile.Element == element)
        ?? throw new CodecException($"'{element}' is no known encoder of {codec}; allowed are {string.Join(", ", ElementsFor(codec))}");

    /// <summary>The elements as <c>gst-launch</c> takes them.</summary>
    /// <exception cref="CodecException">The element is missing or its bit rate cannot be set.</exception>
    public string Describe(int bitrateKbps, int keyFrameInterval)
    {
        var has = GstRuntime.PropertiesOf(Element) ?? throw new CodecException($"the element '{Element}' is not installed or cannot be made");
        if (!has(BitrateProperty))
        {
            throw new CodecException($"the element '{Element}' has no property '{BitrateProperty}', by which its bit rate is to be set");
        }

        var settings = _settings.Split(' ').ToList();
        if (_keyFrameProperty.Length > 0)
        {
            settings.Add($"{_keyFrameProperty}={keyFrameInterval}");
        }

        settings.RemoveAll(setting => !has(setting[..setting.IndexOf('=')]));
        var conversion = TakesNv12 ? "videoconvert ! video/x-raw,format=NV12 ! " : "";
        return $"{conversion}{Element} name={ElementName} {BitrateProperty}=\"{FormatBitrate(bitrateKbps)}\" {string.Join(' ', settings)}";
    }

    public string FormatBitrate(int kbps) => string.Format(System.Globalization.CultureInfo.InvariantCulture, BitrateFormat, kbps * 1000L / _bitsPerUnit);

    private static EncoderProfile[] ProfilesFor(VideoCodec codec) => codec == VideoCodec.H264 ? H264 : Vp8;

    // Names of the rate control and of the number of B-frames changed when the elements were rewritten in GStreamer 1.22.
    private static EncoderProfile Nvidia(string element) => new(
        element, "bitrate", Kilobits, "gop-size", "preset=low-latency-hq zerolatency=true bframes=0 b-frames=0 rc-mode=cbr rate-control=cbr aud=false qos=false")
    {
        TakesNv12 = true,
    };

    private static EncoderProfile Va(string element) => new(
        element, "bitrate", Kilobits, "key-int-max", "rate-control=cbr b-frames=0 cabac=false dct8x8=false aud=false qos=false")
    {
        TakesNv12 = true,
    };
}
