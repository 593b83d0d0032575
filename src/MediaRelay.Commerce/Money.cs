namespace MediaRelay.Commerce;

/// <summary>An amount in minor units (fen, cents) of an ISO 4217 currency; never floating point.</summary>
public readonly record struct Money(long Minor, string Currency)
{
    /// <summary>
    /// 10^12 minor units: far above any order line, and far enough from overflow that a million of them can be added.
    /// </summary>
    public const long MaxMinor = 1_000_000_000_000;

    public const string AllowedMinor = "0 to 1000000000000 minor units";

    public const string AllowedCurrency = "three letters A-Z (ISO 4217)";

    public static bool IsCurrency(string? text) =>
        text is { Length: 3 } && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1])
            && char.IsAsciiLetterUpper(text[2]);

    public override string ToString() => $"{Minor} {Currency}";
}
