namespace MediaRelay.Commerce.Attribution;

/// <summary>A party's part of a sale.</summary>
/// <param name="Id">The merchant's or the guide's id.</param>
/// <param name="BasisPoints">Hundredths of a percent, 0 to <see cref="Whole"/>.</param>
public sealed record PolicyShare(PolicyParty Party, string Id, int BasisPoints)
{
    public const int Whole = 10_000;
}
