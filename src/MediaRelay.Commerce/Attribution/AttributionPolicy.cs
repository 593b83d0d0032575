using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Decides which ledgers an attributed sale goes into. Pure and versioned: a new rule is a new version, and records
/// name the version that was applied to them, so a closed statement never changes.
/// </summary>
public abstract class AttributionPolicy
{
    /// <summary>The owner has the sale; who brought the viewer has a referral when that is another merchant.</summary>
    public static AttributionPolicy V1 { get; } = new OwnerAndOriginPolicy();

    public abstract int Version { get; }

    /// <summary>
    /// The ledgers that get an entry for a sale, each with the entry's kind; the owner's sale is always the first.
    /// </summary>
    public abstract IReadOnlyList<(MerchantId Merchant, LedgerKind Kind)> PostSale(AttributionRecord record);

    private sealed class OwnerAndOriginPolicy : AttributionPolicy
    {
        public override int Version => 1;

        public override IReadOnlyList<(MerchantId Merchant, LedgerKind Kind)> PostSale(AttributionRecord record) =>
            record.OriginMerchantId == record.Owner
                ? [(record.Owner, LedgerKind.Sale)]
                : [(record.Owner, LedgerKind.Sale), (record.OriginMerchantId, LedgerKind.Referral)];
    }
}
