namespace MediaRelay.Client;

/// <summary>How <see cref="HeadlessPeers"/> share the machine.</summary>
public sealed record HeadlessPeersOptions
{
    /// <summary>Threads for viewers; hosts have one of their own, so that viewers never delay what is measured.</summary>
    public int ViewerLoops { get; init; } = 1;

    /// <summary>See <see cref="Loops.ClientLoop"/>; for the viewers' loops only.</summary>
    public TimeSpan TurnInterval { get; init; }

    /// <summary>The viewers' sockets take segmentation bursts whole (Linux, UDP_GRO).</summary>
    public bool TakeBursts { get; init; }

    /// <summary>
    /// A host's packets that leave together leave as one message where they are equally long and the kernel can cut it (Linux,
    /// UDP_SEGMENT), as a network card's driver would take them.
    /// </summary>
    public bool SendBursts { get; init; } = true;
}
