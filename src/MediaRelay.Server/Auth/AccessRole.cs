namespace MediaRelay.Server.Auth;

/// <summary>What a token's bearer is. In the token: the member's name in lower case.</summary>
internal enum AccessRole
{
    /// <summary>The commerce platform: everything under /v1, for every merchant; the only one to report orders.</summary>
    Platform,

    /// <summary>One merchant: its own rooms, shelf, invitations, ledger, statement and report.</summary>
    Merchant,

    /// <summary>Who publishes in one room.</summary>
    Host,

    /// <summary>Who watches one room.</summary>
    Viewer,

    /// <summary>Who runs the node: admin calls, drain, protected metrics.</summary>
    Operator,
}
