namespace MediaRelay.Protocols.Sctp;

/// <summary>A DATA chunk that waits in the <see cref="ReassemblyQueue"/>, or several whose bytes were thrown away.</summary>
internal struct ReceivedFragment
{
    public Tsn Tsn;

    /// <summary>TSNs that it stands for: 1, or more after neighbours of a discarded message were joined.</summary>
    public int TsnCount;

    /// <summary>Rented; null when discarded.</summary>
    public byte[]? Data;
    public int Length;
    public uint PayloadProtocol;
    public ushort Stream;
    public ushort StreamSequence;
    public bool IsBegin;
    public bool IsEnd;
    public bool IsUnordered;

    /// <summary>The message is too large; only its place in the order is kept.</summary>
    public bool IsDiscarded;

    public readonly Tsn Next => Tsn + TsnCount;

    /// <summary>Whether <paramref name="other"/>, the next in the queue, goes on with this one's message.</summary>
    public readonly bool IsContinuedBy(in ReceivedFragment other) =>
        !IsEnd && other.Tsn == Next && !other.IsBegin && other.Stream == Stream && other.IsUnordered == IsUnordered
        && (IsUnordered || other.StreamSequence == StreamSequence);
}
