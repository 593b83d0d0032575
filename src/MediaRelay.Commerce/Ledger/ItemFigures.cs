using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>One item's part: pieces sold, pieces taken back, and money in one currency.</summary>
public sealed record ItemFigures(
    ItemId ItemId, string Currency, long Sold, long Returned, long GrossMinor, long NetMinor);
