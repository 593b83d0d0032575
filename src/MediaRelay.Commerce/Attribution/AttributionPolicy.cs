using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Decides what an attributed sale's facts are worth. Pure and versioned: a new rule is a new version, and records name
/// the version that wrote the ledgers, so a closed statement never changes. Other versions can be run over the same night
/// beside it, and write nothing.
/// </summary>
public abstract class AttributionPolicy
{
    /// <summary>The owner has the sale; who brought the viewer has a referral when that is another merchant.</summary>
    public static AttributionPolicy V1 { get; } = new OwnerAndOriginPolicy();

    /// <summary>The last touch counts as the traffic instead of the first one, and the guide has a share.</summary>
    public static AttributionPolicy V2 { get; } = new LastTouchPolicy();

    public static ImmutableArray<AttributionPolicy> All { get; } = [V1, V2];

    public abstract int Version { get; }

    /// <summary>Whose traffic led to the sale; the owner when it was its own.</summary>
    public abstract MerchantId TrafficOf(AttributionRecord record);

    /// <summary>
    /// How the money of a sale would be divided, in shares that add up to <see cref="PolicyShare.Whole"/>; the owner's is
    /// the last.
    /// </summary>
    public abstract ImmutableArray<PolicyShare> Split(AttributionRecord record);

    /// <summary>
    /// The ledgers that get an entry for a sale, each with the entry's kind; the owner's sale is always the first.
    /// </summary>
    public IReadOnlyList<(MerchantId Merchant, LedgerKind Kind)> PostSale(AttributionRecord record)
    {
        var traffic = TrafficOf(record);
        return traffic == record.Owner
            ? [(record.Owner, LedgerKind.Sale)]
            : [(record.Owner, LedgerKind.Sale), (traffic, LedgerKind.Referral)];
    }

    private sealed class OwnerAndOriginPolicy : AttributionPolicy
    {
        public override int Version => 1;

        public override MerchantId TrafficOf(AttributionRecord record) => record.OriginMerchantId;

        public override ImmutableArray<PolicyShare> Split(AttributionRecord record) =>
            [new PolicyShare(PolicyParty.Owner, record.Owner.Value, PolicyShare.Whole)];
    }
}
