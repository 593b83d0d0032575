namespace MediaRelay.Protocols.Sdp;

/// <summary>One payload type of a media section with everything said about it (RFC 8866 §6.6, §6.15; RFC 4585 §4.2).</summary>
public sealed class RtpFormat(byte payloadType)
{
    /// <summary>0–127.</summary>
    public byte PayloadType { get; } = payloadType;

    /// <summary>The encoding name as written; empty when there is no <c>a=rtpmap</c> (static payload types, RFC 3551).</summary>
    public string Name { get; set; } = "";

    /// <summary>RTP clock in Hz; 0 without <c>a=rtpmap</c>.</summary>
    public int ClockRate { get; set; }

    public int Channels { get; set; } = 1;

    public FormatParameters Parameters { get; set; } = FormatParameters.Empty;

    public List<RtcpFeedback> Feedback { get; } = [];

    /// <summary>Encoding names are compared without case (RFC 8866 §6.6).</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
