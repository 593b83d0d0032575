using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>What a share code stands for.</summary>
/// <param name="ParentCode">The code that this one passes on, or null for a guide's own.</param>
public sealed record ShareCodeEntry(
    ShareCode Code, MerchantId MerchantId, StoreId StoreId, GuideId GuideId, ShareCode? ParentCode);
