using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>
/// One event of an order, where a kind occurs more than once (partial refunds). Characters: <see
/// cref="Identifier.Allowed"/>.
/// </summary>
public readonly record struct EventId : IComparable<EventId>
{
    private readonly string? _value;

    private EventId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new EventId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static EventId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no EventId; {Identifier.Allowed}.");

    public int CompareTo(EventId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
