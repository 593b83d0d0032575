namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// What the order's click token proves about one line. Whatever it is, the order stands: the token went through the
/// viewer's hands, and the sale is a fact that the platform reports. Stored as numbers: never renumber.
/// </summary>
public enum ClickEvidence
{
    /// <summary>The order brought none.</summary>
    None = 0,

    /// <summary>Genuine and for this item of this merchant.</summary>
    Genuine = 1,

    /// <summary>Genuine, for another item of this merchant: it explains another line.</summary>
    OtherItem = 2,

    /// <summary>Not signed by this relay, or changed since.</summary>
    Forged = 3,

    /// <summary>Genuine, older than <see cref="CommerceOptions.ClickWindow"/> when the order occurred, or younger than it.</summary>
    Expired = 4,

    /// <summary>Genuine, for an item of another merchant.</summary>
    OtherOwner = 5,

    /// <summary>Genuine, given to another viewer: it proves nothing about this one.</summary>
    OtherViewer = 6,

    /// <summary>Genuine, given in another room than the order names.</summary>
    OtherRoom = 7,
}
