using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Ledger;

/// <summary>What came through one share code.</summary>
public sealed record ShareCodeFigures(
    ShareCode ShareCode, string Currency, long Orders, long GrossMinor, long NetMinor);
