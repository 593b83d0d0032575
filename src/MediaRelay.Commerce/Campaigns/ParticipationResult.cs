namespace MediaRelay.Commerce.Campaigns;

/// <summary>What became of a viewer's wish to take part.</summary>
public enum ParticipationResult
{
    /// <summary>It counts.</summary>
    Accepted,

    /// <summary>This viewer takes part already; it counts once.</summary>
    Repeated,

    /// <summary>All coupons are claimed, or nobody more can take part.</summary>
    Exhausted,

    /// <summary>It has not begun, or is over.</summary>
    Closed,

    /// <summary>The viewer's room shows no such campaign.</summary>
    Unknown,
}
