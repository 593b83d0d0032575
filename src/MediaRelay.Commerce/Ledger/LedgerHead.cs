using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>Where a merchant's chain ends: how many entries there are and the last one's hash.</summary>
public sealed record LedgerHead(MerchantId MerchantId, long Seq, string Hash)
{
    /// <summary>The head of a ledger without entries.</summary>
    public static LedgerHead Genesis(MerchantId merchantId) => new(merchantId, 0, LedgerHash.Genesis(merchantId));
}
