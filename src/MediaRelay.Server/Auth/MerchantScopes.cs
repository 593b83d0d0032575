namespace MediaRelay.Server.Auth;

/// <summary>What a merchant's token covers. In the token: <c>scope</c>, the names in lower case, separated by spaces or as an array.</summary>
[Flags]
internal enum MerchantScopes
{
    None = 0,

    /// <summary>Its rooms: create, close, delete, and publish into them.</summary>
    Publish = 1,

    /// <summary>Its shelf and spotlight.</summary>
    Shelf = 2,

    /// <summary>Its overlays.</summary>
    Overlay = 4,

    /// <summary>Its invitations and co-host sessions.</summary>
    CoHost = 8,

    /// <summary>Its ledger, statement, report and leaderboard.</summary>
    Audit = 16,

    /// <summary>A token without <c>scope</c>.</summary>
    All = Publish | Shelf | Overlay | CoHost | Audit,
}
