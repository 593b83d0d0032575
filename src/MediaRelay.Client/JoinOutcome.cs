using System.Diagnostics.CodeAnalysis;
using MediaRelay.Client.Loops;
using MediaRelay.Client.Signaling;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client;

/// <summary>A peer that the server took, or why not.</summary>
/// <param name="Session">What to DELETE at the end; also set when the answer could not be used.</param>
/// <param name="RequestedAt">When the POST was sent.</param>
/// <param name="AnsweredAt">When its answer was there.</param>
public sealed record JoinOutcome<TPeer>(
    TPeer? Peer, SignalingSession? Session, SignalingProblem? Problem, Timestamp RequestedAt, Timestamp AnsweredAt)
    where TPeer : ClientPeer
{
    [MemberNotNullWhen(true, nameof(Peer), nameof(Session))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsJoined => Peer is not null;
}
