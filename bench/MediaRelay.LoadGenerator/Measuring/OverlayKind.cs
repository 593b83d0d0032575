namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>What the load generator tells apart on the overlay channel.</summary>
internal enum OverlayKind
{
    Purchase,

    /// <summary>Shelf, spotlight, coupon, co-host, comment and the like.</summary>
    Announcement,

    /// <summary>The running totals of likes and viewers.</summary>
    Tally,

    /// <summary>Where a viewer begins.</summary>
    Snapshot,
}
