namespace MediaRelay.Protocols.Sdp;

/// <summary>
/// The part of a fragment that belongs to one media section (RFC 8840 §9): its candidates, and credentials when they are its own.
/// </summary>
/// <param name="MediaLine">The value of the pseudo m-line, such as <c>audio 9 UDP/TLS/RTP/SAVPF 0</c>; only its place counts.</param>
public sealed record SdpFragmentSection(string MediaLine)
{
    public string? Mid { get; set; }

    public string? IceUfrag { get; set; }

    public string? IcePwd { get; set; }

    public List<Candidate> Candidates { get; } = [];

    public bool EndOfCandidates { get; set; }
}
