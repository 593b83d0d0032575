using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>One time that a room was live. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct ShowId : IComparable<ShowId>
{
    private readonly string? _value;

    private ShowId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ShowId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new ShowId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static ShowId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no ShowId; {Identifier.Allowed}.");

    public int CompareTo(ShowId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
