namespace MediaRelay.Commerce.Reports;

/// <summary>What a <see cref="ShowCount"/> counts. Stored as numbers: never renumber.</summary>
public enum ShowSubject
{
    /// <summary>Joins by the room through which the viewer first came in tonight.</summary>
    JoinByOrigin = 1,

    /// <summary>Joins by the share code on their address.</summary>
    JoinByShareCode = 2,

    /// <summary>Clicks by item.</summary>
    ClickOnItem = 3,

    /// <summary>Clicks by the overlay that led to them.</summary>
    ClickOnOverlay = 4,
}
