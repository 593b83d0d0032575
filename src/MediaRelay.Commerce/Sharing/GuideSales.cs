using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>A guide's place on a board. One row per guide and currency.</summary>
public sealed record GuideSales(
    int Rank, GuideId GuideId, StoreId StoreId, string Currency, long Orders, long GrossMinor, long NetMinor);
