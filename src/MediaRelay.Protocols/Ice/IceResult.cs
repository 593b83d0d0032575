using MediaRelay.Protocols.Drops;

namespace MediaRelay.Protocols.Ice;

/// <summary>What became of a STUN datagram, and why when it was dropped.</summary>
public readonly record struct IceResult(IceOutcome Outcome, DropReason? Drop = null)
{
    public bool IsAuthenticated => Outcome is IceOutcome.Authenticated or IceOutcome.AuthenticatedNewPath;

    internal static IceResult Dropped(DropReason reason) => new(IceOutcome.Dropped, reason);
}
