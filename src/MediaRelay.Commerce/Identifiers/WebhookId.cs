using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>One receiver of events. Characters: <see cref="Identifier.Allowed"/>.</summary>
public readonly record struct WebhookId : IComparable<WebhookId>
{
    private readonly string? _value;

    private WebhookId(string value) => _value = value;

    /// <summary>The text as it stands on the wire; empty only for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Takes over a text; false when it is null, empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WebhookId id)
    {
        var isValid = Identifier.IsValid(text);
        id = isValid ? new WebhookId(text!) : default;
        return isValid;
    }

    /// <summary>
    /// For texts that are known to be valid (constants, what a store kept); throws <see cref="FormatException"/>.
    /// </summary>
    public static WebhookId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no WebhookId; {Identifier.Allowed}.");

    public int CompareTo(WebhookId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
