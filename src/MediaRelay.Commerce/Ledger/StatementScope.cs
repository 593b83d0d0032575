namespace MediaRelay.Commerce.Ledger;

/// <summary>What a closed statement is about. Stored as numbers: never renumber.</summary>
public enum StatementScope
{
    /// <summary>One show: what its room carried while it ran.</summary>
    Show = 1,

    /// <summary>One co-host session: what its rooms carried in it.</summary>
    CoHost = 2,
}
