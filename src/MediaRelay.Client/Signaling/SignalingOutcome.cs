using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Client.Signaling;

/// <summary>What a POST of an offer came to: a session, or a problem.</summary>
public sealed record SignalingOutcome(SignalingSession? Session, SignalingProblem? Problem)
{
    [MemberNotNullWhen(true, nameof(Session))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsCreated => Session is not null;
}
