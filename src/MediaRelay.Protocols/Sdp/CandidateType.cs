namespace MediaRelay.Protocols.Sdp;

/// <summary>How a candidate was obtained (RFC 8445 §5.1.1).</summary>
public enum CandidateType
{
    Host,
    ServerReflexive,
    PeerReflexive,
    Relayed,
}
