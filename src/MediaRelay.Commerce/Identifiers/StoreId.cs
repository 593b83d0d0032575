using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>A merchant's store. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct StoreId : IComparable<StoreId>
{
    private readonly string? _value;

    private StoreId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StoreId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new StoreId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static StoreId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no StoreId; {Identifier.Allowed}.");

    public int CompareTo(StoreId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
