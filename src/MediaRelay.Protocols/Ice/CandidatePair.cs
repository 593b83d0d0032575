using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Ice;

/// <summary>Our one socket and one candidate of the peer, with the check that is under way on it (RFC 8445 §6.1.2).</summary>
internal sealed class CandidatePair(NetworkPath path)
{
    /// <summary>The local part is where the peer's answers arrived, once there was one.</summary>
    public NetworkPath Path { get; set; } = path;

    /// <summary>Null before the first check, after the last one failed, and after success.</summary>
    public ConnectivityCheck? Check { get; set; }

    public bool HasFailed { get; set; }

    public bool IsWaiting => Check is null && !HasFailed;
}
