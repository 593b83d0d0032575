namespace MediaRelay.Commerce.Ledger;

/// <summary>What a ledger entry records. Stored and hashed as numbers: never renumber.</summary>
public enum LedgerKind
{
    Sale = 1,

    /// <summary>Takes (part of) a sale back; quantity and amount are negative.</summary>
    Cancel = 2,

    /// <summary>Gives (part of) a sale's money back; quantity and amount are negative.</summary>
    Refund = 3,

    /// <summary>Honoured in a store; its amount counts towards neither gross nor net.</summary>
    Redemption = 4,

    /// <summary>
    /// Another merchant's sale came from this merchant's traffic. Names the order and the traffic only.
    /// </summary>
    Referral = 5,
}
