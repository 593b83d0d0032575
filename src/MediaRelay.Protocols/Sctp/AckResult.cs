namespace MediaRelay.Protocols.Sctp;

/// <summary>What a SACK changed.</summary>
internal struct AckResult
{
    /// <summary>Bytes acknowledged for the first time.</summary>
    public int Bytes;

    /// <summary>The Cumulative TSN Ack moved.</summary>
    public bool IsCumulative;

    /// <summary>Chunks now count as lost.</summary>
    public bool HasLosses;

    /// <summary>From the newest chunk that was acknowledged and sent only once.</summary>
    public TimeSpan? RoundTrip;
}
