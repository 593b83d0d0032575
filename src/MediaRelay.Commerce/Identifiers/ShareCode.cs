using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>A guide's or sharer's code. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct ShareCode : IComparable<ShareCode>
{
    private readonly string? _value;

    private ShareCode(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ShareCode id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new ShareCode(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static ShareCode Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no ShareCode; {Identifier.Allowed}.");

    public int CompareTo(ShareCode other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
