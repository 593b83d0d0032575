namespace MediaRelay.Protocols.Sdp;

/// <summary>The kinds of RTCP feedback that the relay knows, as a set.</summary>
[Flags]
public enum FeedbackKinds
{
    None = 0,

    /// <summary>Generic NACK: resend this packet (RFC 4585 §6.2.1).</summary>
    Nack = 1,

    /// <summary>Picture loss indication: send a key frame (RFC 4585 §6.3.1).</summary>
    Pli = 2,

    /// <summary>Full intra request: the same, as a command (RFC 5104 §4.3.1).</summary>
    Fir = 4,

    /// <summary>Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions).</summary>
    TransportCc = 8,

    /// <summary>Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb).</summary>
    Remb = 16,
}

/// <summary>How the kinds are written.</summary>
internal static class FeedbackKindsText
{
    private static readonly (FeedbackKinds Kind, RtcpFeedback Feedback)[] Known =
    [
        (FeedbackKinds.Remb, new("goog-remb")),
        (FeedbackKinds.TransportCc, new("transport-cc")),
        (FeedbackKinds.Fir, new("ccm", "fir")),
        (FeedbackKinds.Nack, new("nack")),
        (FeedbackKinds.Pli, new("nack", "pli")),
    ];

    /// <summary>The kinds that a format or its whole section allows.</summary>
    public static FeedbackKinds Of(MediaSection section, RtpFormat format)
    {
        var kinds = FeedbackKinds.None;
        foreach (var (kind, feedback) in Known)
        {
            if (format.Feedback.Contains(feedback) || section.FeedbackForAll.Contains(feedback))
            {
                kinds |= kind;
            }
        }

        return kinds;
    }

    public static void Write(FeedbackKinds kinds, List<RtcpFeedback> target)
    {
        foreach (var (kind, feedback) in Known)
        {
            if (kinds.HasFlag(kind))
            {
                target.Add(feedback);
            }
        }
    }
}
