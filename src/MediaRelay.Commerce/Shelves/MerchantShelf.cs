using MediaRelay.Commerce.Rooms;

namespace MediaRelay.Commerce.Shelves;

/// <summary>One merchant's part of what a room's viewers see.</summary>
public sealed record MerchantShelf(Merchant Merchant, Shelf Shelf, Spotlight? Spotlight);
