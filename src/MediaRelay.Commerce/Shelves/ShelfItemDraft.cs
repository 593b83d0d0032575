namespace MediaRelay.Commerce.Shelves;

/// <summary>What a PUT of a shelf item says; nothing is checked yet.</summary>
public sealed record ShelfItemDraft(
    string? Title,
    long? PriceMinor,
    string? Currency,
    long? Stock,
    string? ImageUrl = null,
    string? Url = null,
    int? Position = null)
{
    public const string AllowedUrl = "an absolute http or https URL of at most 2048 characters";

    /// <summary>The first rule that the draft breaks, or null.</summary>
    public Problem? Check()
    {
        if (Title is not { Length: > 0 and <= ShelfItem.MaxTitleLength })
        {
            return Problem.Invalid("title", Title, $"1 to {ShelfItem.MaxTitleLength} characters");
        }

        if (PriceMinor is not (>= 0 and <= Money.MaxMinor))
        {
            return Problem.Invalid("priceMinor", PriceMinor, Money.AllowedMinor);
        }

        if (!Money.IsCurrency(Currency))
        {
            return Problem.Invalid("currency", Currency, Money.AllowedCurrency);
        }

        if (Stock is not (>= 0 and <= Money.MaxMinor))
        {
            return Problem.Invalid("stock", Stock, "0 to 1000000000000");
        }

        if (Position is < 0 or > ShelfItem.MaxPosition)
        {
            return Problem.Invalid("position", Position, $"0 to {ShelfItem.MaxPosition}");
        }

        if (!IsUrl(ImageUrl))
        {
            return Problem.Invalid("imageUrl", ImageUrl, AllowedUrl);
        }

        return IsUrl(Url) ? null : Problem.Invalid("url", Url, AllowedUrl);
    }

    // Pages put these into links and images: only http(s), so that no script scheme gets through.
    private static bool IsUrl(string? text) =>
        text is null || (text.Length <= ShelfItem.MaxUrlLength && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps));
}
