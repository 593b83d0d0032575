using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>A store associate who shares rooms. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct GuideId : IComparable<GuideId>
{
    private readonly string? _value;

    private GuideId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out GuideId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new GuideId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static GuideId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no GuideId; {Identifier.Allowed}.");

    public int CompareTo(GuideId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
