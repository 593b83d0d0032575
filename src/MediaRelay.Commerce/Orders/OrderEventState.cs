namespace MediaRelay.Commerce.Orders;

/// <summary>What became of an accepted event. Stored as numbers: never renumber.</summary>
public enum OrderEventState
{
    /// <summary>In effect since it came.</summary>
    Applied = 1,

    /// <summary>A cancel or refund whose sale has not come yet.</summary>
    Waiting = 2,

    /// <summary>Waited, and in effect since its sale came.</summary>
    AppliedLater = 3,

    /// <summary>Waited, and did not fit the sale when that came; in quarantine.</summary>
    RejectedLater = 4,
}
