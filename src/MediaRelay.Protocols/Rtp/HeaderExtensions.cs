using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Rtp;

/// <summary>The uris by which <c>a=extmap</c> names header extensions.</summary>
public static class HeaderExtensions
{
    /// <summary>RFC 9143 §15.</summary>
    public const string MidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>RFC 8852 §4.1.</summary>
    public const string RidUri = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /// <summary>RFC 8852 §4.2.</summary>
    public const string RepairedRidUri = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

    /// <summary>RFC 6464.</summary>
    public const string AudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    public const string AbsSendTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>draft-holmer-rmcat-transport-wide-cc-extensions-01.</summary>
    public const string TransportCcUri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    public const string AbsCaptureTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

    /// <summary>RFC 5450.</summary>
    public const string TransmissionOffsetUri = "urn:ietf:params:rtp-hdrext:toffset";

    /// <summary>3GPP TS 26.114 §7.4.5.</summary>
    public const string VideoOrientationUri = "urn:3gpp:video-orientation";

    public const string PlayoutDelayUri = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

    private static readonly string[] Uris =
    [
        MidUri,
        RidUri,
        RepairedRidUri,
        AudioLevelUri,
        AbsSendTimeUri,
        TransportCcUri,
        AbsCaptureTimeUri,
        TransmissionOffsetUri,
        VideoOrientationUri,
        PlayoutDelayUri,
    ];

    internal static int Count => Uris.Length;

    public static string GetUri(HeaderExtension extension) => Uris[(int)extension];

    /// <summary>False for an extension that we do not know.</summary>
    public static bool TryFromUri([NotNullWhen(true)] string? uri, out HeaderExtension extension)
    {
        var index = Array.IndexOf(Uris, uri);
        extension = (HeaderExtension)Math.Max(index, 0);
        return index >= 0;
    }
}
