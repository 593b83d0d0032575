namespace MediaRelay.Testing;

/// <summary>How one direction of a <see cref="VirtualNetwork"/> treats datagrams; may be changed between datagrams.</summary>
public sealed class LinkConditions
{
    /// <summary>Probability (0–1) that a datagram is lost.</summary>
    public double Loss { get; set; }

    /// <summary>Probability (0–1) that a datagram arrives twice; the copy draws its own jitter.</summary>
    public double Duplicate { get; set; }

    /// <summary>Probability (0–1) that a datagram is held back by <see cref="ReorderDelay"/>, so that later ones overtake it.</summary>
    public double Reorder { get; set; }

    /// <summary>How long a reordered datagram is held back.</summary>
    public TimeSpan ReorderDelay { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Propagation time, one way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A uniform random time of at most this much is added; alone it does not change the order of datagrams.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Bits per second; 0 is unlimited.</summary>
    public long BitRate { get; set; }

    /// <summary>Datagrams that may wait for their turn when <see cref="BitRate"/> is set; more are dropped. 0 is unlimited.</summary>
    public int QueueLimit { get; set; }
}
