using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>Who owns what is sold. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct MerchantId : IComparable<MerchantId>
{
    private readonly string? _value;

    private MerchantId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MerchantId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new MerchantId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static MerchantId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException($"'{text}' is no MerchantId; {Identifier.Allowed}.");

    public int CompareTo(MerchantId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
