using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>A viewer, pseudonymous: the viewer token's subject. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct ViewerId : IComparable<ViewerId>
{
    private readonly string? _value;

    private ViewerId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ViewerId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new ViewerId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static ViewerId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no ViewerId; {Identifier.Allowed}.");

    public int CompareTo(ViewerId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
