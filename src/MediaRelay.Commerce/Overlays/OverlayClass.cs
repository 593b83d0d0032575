namespace MediaRelay.Commerce.Overlays;

/// <summary>How much a message matters when a viewer cannot take all of them; the lowest is shed first.</summary>
public enum OverlayClass
{
    /// <summary>Totals and pongs: only the latest counts.</summary>
    Tally,

    /// <summary>Comments and notices: shed, and counted.</summary>
    Comment,

    /// <summary>Shelves, spotlights, coupons, layouts …: never shed, replayable.</summary>
    Shelf,

    /// <summary>Purchases: never shed, replayable.</summary>
    Purchase,
}
