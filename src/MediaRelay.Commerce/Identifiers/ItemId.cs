using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>
/// A product within its merchant's shelf; only an <see cref="ItemKey"/> names a product. Characters: <see
/// cref="Identifier.Allowed"/>.
/// </summary>
public readonly record struct ItemId : IComparable<ItemId>
{
    private readonly string? _value;

    private ItemId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ItemId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new ItemId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static ItemId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no ItemId; {Identifier.Allowed}.");

    public int CompareTo(ItemId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
