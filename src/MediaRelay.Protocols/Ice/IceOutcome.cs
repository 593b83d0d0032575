namespace MediaRelay.Protocols.Ice;

/// <summary>What became of a STUN datagram.</summary>
public enum IceOutcome
{
    /// <summary>Nothing came of it; <see cref="IceResult.Drop"/> says why.</summary>
    Dropped,

    /// <summary>It was authentic but is answered with an error, and proves nothing about the path.</summary>
    Rejected,

    /// <summary>An authentic check, or an authentic answer to one of ours, on a path that is known.</summary>
    Authenticated,

    /// <summary>As <see cref="Authenticated"/>, on a path that had not been seen before.</summary>
    AuthenticatedNewPath,
}
