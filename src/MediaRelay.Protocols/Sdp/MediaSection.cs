namespace MediaRelay.Protocols.Sdp;

/// <summary>One m-line and what belongs to it (RFC 8866 §5.14): a track's worth of RTP, or the data channels.</summary>
public sealed class MediaSection(MediaKind kind, string protocol)
{
    /// <summary>The format of a data section's m-line (RFC 8841 §4).</summary>
    public const string DataChannelFormat = "webrtc-datachannel";

    public MediaKind Kind { get; } = kind;

    /// <summary>The media type as written, which <see cref="Kind"/> does not keep for <see cref="MediaKind.Other"/>.</summary>
    public string KindToken { get; init; } = kind switch
    {
        MediaKind.Audio => "audio",
        MediaKind.Video => "video",
        _ => "application",
    };

    /// <summary>0 for a rejected section (RFC 3264 §6) or a bundle-only one (RFC 9143 §6); 9 when no address is known yet.</summary>
    public int Port { get; set; }

    /// <summary>The address of the c-line that is written; not kept when read, since ICE decides where to send.</summary>
    public string? ConnectionAddress { get; set; }

    /// <summary>Transport and profile, such as <c>UDP/TLS/RTP/SAVPF</c> or <c>UDP/DTLS/SCTP</c>.</summary>
    public string Protocol { get; } = protocol;

    /// <summary>True when the formats of the m-line are RTP payload types.</summary>
    public bool IsRtp => IsRtpProtocol(Protocol);

    /// <summary>The formats of a section that is not RTP; empty for RTP.</summary>
    public List<string> OtherFormats { get; } = [];

    /// <summary>The payload types in the order of the m-line; empty when not RTP. At most 128.</summary>
    public List<RtpFormat> Formats { get; } = [];

    /// <summary><c>a=rtcp-fb:*</c>: feedback for every format of the section.</summary>
    public List<RtcpFeedback> FeedbackForAll { get; } = [];

    /// <summary>Null when there is no <c>a=mid</c>.</summary>
    public string? Mid { get; set; }

    /// <summary>The section's own, else the session's, else sendrecv (RFC 8866 §6.7).</summary>
    public MediaDirection Direction { get; set; } = MediaDirection.SendRecv;

    public TransportAttributes Transport { get; } = new();

    /// <summary>Candidates that parse; others are left out, as an unreachable one would be.</summary>
    public List<Candidate> Candidates { get; } = [];

    public bool EndOfCandidates { get; set; }

    public bool BundleOnly { get; set; }

    /// <summary><c>a=rtcp-mux</c> or <c>a=rtcp-mux-only</c> (RFC 5761, RFC 8858).</summary>
    public bool RtcpMux { get; set; }

    public bool RtcpMuxOnly { get; set; }

    /// <summary>Reduced-size RTCP (RFC 5506).</summary>
    public bool RtcpReducedSize { get; set; }

    /// <summary>One-byte and two-byte header extensions may alternate (RFC 8285 §6), said here rather than for the session.</summary>
    public bool ExtensionMapAllowMixed { get; set; }

    /// <summary>The session's and the section's, in that order.</summary>
    public List<ExtensionMapping> Extensions { get; } = [];

    /// <summary>The first of the section's msids.</summary>
    public Msid? Msid { get; set; }

    public List<MediaSource> Sources { get; } = [];

    public List<SsrcGroup> SsrcGroups { get; } = [];

    public List<RidDescription> Rids { get; } = [];

    public SimulcastDescription? Simulcast { get; set; }

    /// <summary>The SCTP port of a data section (RFC 8841 §5), or null.</summary>
    public int? SctpPort { get; set; }

    /// <summary>The longest message that the writer takes, in bytes; 0: any; null: not said, which means 65,536 (RFC 8841 §6).</summary>
    public uint? MaxMessageSize { get; set; }

    public RtpFormat? FindFormat(byte payloadType)
    {
        // Asked for every line of an offer, so without a closure.
        foreach (var format in Formats)
        {
            if (format.PayloadType == payloadType)
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>
    /// The RTP profiles that JSEP takes (RFC 9429 §5.1.2 has every secure one treated alike; the older names stand for the same).
    /// </summary>
    public static bool IsSecureRtpProtocol(string protocol) => protocol is
        "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP" or "TCP/DTLS/RTP/SAVPF" or "TCP/DTLS/RTP/SAVP" or "RTP/SAVPF" or "RTP/SAVP";

    internal static bool IsRtpProtocol(string protocol) =>
        IsSecureRtpProtocol(protocol) || protocol is "RTP/AVP" or "RTP/AVPF";
}
