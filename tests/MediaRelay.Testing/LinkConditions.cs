namespace MediaRelay.Testing;

/// <summary>How one direction of a link treats datagrams; may be changed between datagrams.</summary>
public sealed class LinkConditions
{
    /// <summary>Probability (0–1) that a datagram is lost.</summary>
    public double Loss { get; set; }

    /// <summary>
    /// Mean number of datagrams that are lost in a row. At most 1: each is lost or not by itself. Above: a Gilbert–Elliott model with a
    /// good state that loses nothing and a bad one that loses everything; it keeps <see cref="Loss"/> on average where that is
    /// possible, so up to LossBurst / (LossBurst + 1).
    /// </summary>
    public double LossBurst { get; set; }

    /// <summary>Probability (0–1) that a datagram arrives twice; the copy draws its own jitter.</summary>
    public double Duplicate { get; set; }

    /// <summary>Probability (0–1) that a datagram is held back by <see cref="ReorderDelay"/>, so that later ones overtake it.</summary>
    public double Reorder { get; set; }

    /// <summary>How long a reordered datagram is held back.</summary>
    public TimeSpan ReorderDelay { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Propagation time, one way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A uniform random time of at most this much is added.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Whether jitter changes the order of datagrams; otherwise it stretches a queue and swaps nothing that stands in it.</summary>
    public bool IsJitterReordering { get; set; }

    /// <summary>Bits per second; 0 is unlimited. What waits when it is changed keeps the time that it was given.</summary>
    public long BitRate { get; set; }

    /// <summary>Datagrams that may wait for their turn when <see cref="BitRate"/> is set; more are dropped. 0 is unlimited.</summary>
    public int QueueLimit { get; set; }

    /// <summary>
    /// Longest time that a datagram may wait for its turn when <see cref="BitRate"/> is set; one that would wait longer is dropped. Times
    /// the rate it is the queue in bits. 0 is unlimited.
    /// </summary>
    public TimeSpan QueueTime { get; set; }
}
