namespace MediaRelay.Testing;

/// <summary>What becomes of a datagram on a link.</summary>
public enum LinkFate
{
    /// <summary>It arrives.</summary>
    Passed,

    /// <summary>It is lost at random.</summary>
    Lost,

    /// <summary>The queue before a limited line was full: tail drop.</summary>
    QueueFull,
}
