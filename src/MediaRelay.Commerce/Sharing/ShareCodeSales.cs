using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>What a ledger says about one share code in a span of event time.</summary>
public sealed record ShareCodeSales(ShareCode Code, string Currency, long Orders, long GrossMinor, long NetMinor);
