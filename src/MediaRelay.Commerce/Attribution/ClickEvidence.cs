namespace MediaRelay.Commerce.Attribution;

/// <summary>What the order's click token proves about one line. Stored as numbers: never renumber.</summary>
public enum ClickEvidence
{
    /// <summary>The order brought none.</summary>
    None = 0,

    /// <summary>Genuine and for this item of this merchant.</summary>
    Genuine = 1,

    /// <summary>Genuine, for another item: it explains another line.</summary>
    OtherItem = 2,

    /// <summary>
    /// Not signed by this relay, or for another viewer or room. The order stands all the same: the token went through
    /// the viewer's hands, and the sale is a fact that the platform reports.
    /// </summary>
    Invalid = 3,
}
