using System.Text;

namespace MediaRelay.Protocols.Tests.Sdp;

/// <summary>The smallest offers that are complete, to be broken one way at a time.</summary>
internal static class SmallOffers
{
    public const string Transport =
        $"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 {SdpSamples.Fingerprint}\r\na=setup:actpass\r\n";

    public const string Audio =
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

    public const string Vp8 =
        "m=video 9 UDP/TLS/RTP/SAVPF 35 36\r\na=mid:v\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:35 VP8/90000\r\n"
        + "a=rtcp-fb:35 nack\r\na=rtpmap:36 rtx/90000\r\na=fmtp:36 apt=35\r\n";

    public const string Vp9 =
        "m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=mid:v\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:98 VP9/90000\r\n";

    public const string Data =
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5001\r\n";

    /// <summary>All of the given sections in one BUNDLE, with the transport at session level.</summary>
    public static string Bundled(params string[] sections)
    {
        var mids = sections.SelectMany(section => section.Split("\r\n"))
            .Where(line => line.StartsWith("a=mid:", StringComparison.Ordinal))
            .Select(line => line["a=mid:".Length..]);
        return Session($"a=group:BUNDLE {string.Join(' ', mids)}\r\n{Transport}", sections);
    }

    public static string Session(string attributes, params string[] sections) => new StringBuilder()
        .Append("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")
        .Append(attributes)
        .AppendJoin("", sections)
        .ToString();

    /// <summary>A video section with one H.264 format; <paramref name="parameters"/> is its fmtp.</summary>
    public static string H264(string parameters) =>
        "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:v\r\na=rtcp-mux\r\na=rtpmap:102 h264/90000\r\n"
        + (parameters.Length == 0 ? "" : $"a=fmtp:102 {parameters}\r\n");
}
