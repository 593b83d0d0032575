using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Shelves;

/// <summary>
/// One product on offer. The order on the shelf is <see cref="Position"/>, then <see cref="Arrival"/>.
/// </summary>
/// <param name="Key">Owner and id; for life.</param>
/// <param name="Price">What one piece costs.</param>
/// <param name="Stock">Pieces left as the platform last said; 0 or more.</param>
/// <param name="Position">Sort key, 0 to 9999.</param>
/// <param name="Arrival">The shelf's version when the item first appeared; decides between equal positions.</param>
/// <param name="Version">The shelf's version when the item last changed.</param>
/// <param name="IsRemoved">No longer on offer; kept, because orders for it may still come.</param>
public sealed record ShelfItem(
    ItemKey Key,
    string Title,
    Money Price,
    long Stock,
    string? ImageUrl,
    string? Url,
    int Position,
    long Arrival,
    long Version,
    bool IsRemoved)
{
    public const int MaxTitleLength = 200;
    public const int MaxUrlLength = 2048;
    public const int MaxPosition = 9999;
}
