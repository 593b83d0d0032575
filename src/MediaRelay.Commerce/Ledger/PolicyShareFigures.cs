using MediaRelay.Commerce.Attribution;

namespace MediaRelay.Commerce.Ledger;

/// <summary>One party's part of a merchant's net sales in one currency.</summary>
/// <param name="Id">The merchant's or guide's id.</param>
/// <param name="Lines">Lines in which the party has a share.</param>
public sealed record PolicyShareFigures(PolicyParty Party, string Id, string Currency, long Lines, long NetMinor);
