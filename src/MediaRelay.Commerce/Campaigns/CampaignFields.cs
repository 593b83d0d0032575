using System.Globalization;
using System.Text.Json;

namespace MediaRelay.Commerce.Campaigns;

/// <summary>Reads fields of an overlay's body; keeps the first problem.</summary>
internal sealed class CampaignFields(JsonElement body)
{
    public Problem? Problem { get; private set; }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>; null when it is missing.</summary>
    public long? Number(string name, long least, long most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Blame(name, value, $"a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A time, to the microsecond; null when it is missing.</summary>
    public DateTimeOffset? Instant(string name, string allowed)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time))
        {
            return UnixMicros.Truncate(time);
        }

        // Up to the year 9999.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var micros) && micros is >= 0 and < 253_402_300_800_000_000)
        {
            return UnixMicros.ToTime(micros);
        }

        Blame(name, value, allowed);
        return null;
    }

    /// <summary>One of some words; the first one when it is missing.</summary>
    public T Choice<T>(string name, ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Find(name) is not { } value)
        {
            return choices[0].Value;
        }

        foreach (var (word, choice) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && value.GetString() == word)
            {
                return choice;
            }
        }

        Blame(name, value, string.Join(", ", choices.ToArray().Select(choice => choice.Word)));
        return choices[0].Value;
    }

    private JsonElement? Find(string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private void Blame(string name, JsonElement value, string allowed) =>
        Problem ??= Problem.Invalid($"body.{name}", value.ToString(), allowed);
}
