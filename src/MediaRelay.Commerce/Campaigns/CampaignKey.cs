using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>A campaign: the owner is part of its identity, as it is of an item's.</summary>
/// <param name="Id">Of the merchant's choice; <see cref="Identifier.Allowed"/>.</param>
public readonly record struct CampaignKey(MerchantId MerchantId, CampaignKind Kind, string Id)
{
    public override string ToString() => $"{MerchantId}/{Kind}/{Id}";
}
