namespace MediaRelay.Commerce;

/// <summary>What an operator may set about the commerce part.</summary>
public sealed class CommerceOptions
{
    /// <summary>How long the other merchants may take to accept a co-host invitation; more than zero.</summary>
    public TimeSpan InviteTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Rooms that are not deleted, over all merchants; 0 = no limit.</summary>
    public int MaxRooms { get; set; } = 1000;

    /// <summary>
    /// One night: a viewer's first room counts as its origin for this long. 12 hours, so that an evening that runs past
    /// midnight is one night and the next evening is another.
    /// </summary>
    public TimeSpan OriginWindow { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Viewers whose origin is kept; the oldest give way. The default holds a third of a 3.6 million entry evening in
    /// memory.
    /// </summary>
    public int MaxOrigins { get; set; } = 1_000_000;

    /// <summary>
    /// How long after a click an order may bring its token back. One night: what was clicked the evening before explains
    /// nothing.
    /// </summary>
    public TimeSpan ClickWindow { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Entries of one ledger after which its head is signed; more than zero.</summary>
    public int CheckpointEntries { get; set; } = 1000;

    /// <summary>How long an entry waits at most until a signed head covers it; more than zero.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Orders kept in memory beyond those being written; others are read back from the store when an event names them.
    /// </summary>
    public int MaxCachedOrders { get; set; } = 100_000;

    /// <summary>
    /// Events that nobody has read yet before calls that change something are refused with "unavailable".
    /// </summary>
    public int MaxUnreadEvents { get; set; } = 65_536;

    /// <summary>
    /// Transactions waiting for the disk before calls that change something are refused with "unavailable".
    /// </summary>
    public int MaxQueuedTransactions { get; set; } = 20_000;

    /// <summary>Webhooks over all merchants.</summary>
    public int MaxWebhooks { get; set; } = 100;

    /// <summary>
    /// Events that wait for one webhook before the oldest that are not about money are given up. A million: an hour of 277 events
    /// a second.
    /// </summary>
    public long MaxOutboxEvents { get; set; } = 1_000_000;

    /// <summary>The same in bytes of JSON.</summary>
    public long MaxOutboxBytes { get; set; } = 1L << 30;
}
