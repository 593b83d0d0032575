using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MediaRelay.Server.Options;

/// <summary>How a setting's text becomes a value. Strict: what cannot be read is reported, never guessed.</summary>
internal static class SettingsText
{
    // Not TimeSpan.Parse: it takes "30" for thirty days.
    private static readonly string[] DurationFormats =
        [@"h\:mm\:ss", @"hh\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss"];

    /// <summary>Reads <paramref name="text"/> as <paramref name="type"/>: a number, true or false, hh:mm:ss, or text.</summary>
    public static bool TryRead(string text, Type type, [NotNullWhen(true)] out object? value)
    {
        value = null;
        if (type == typeof(string))
        {
            value = text;
        }
        else if (type == typeof(int))
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        else if (type == typeof(double))
        {
            value = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var real)
                ? real
                : null;
        }
        else if (type == typeof(bool))
        {
            value = bool.TryParse(text, out var flag) ? flag : null;
        }
        else if (type == typeof(TimeSpan))
        {
            value = TimeSpan.TryParseExact(text, DurationFormats, CultureInfo.InvariantCulture, out var duration) ? duration : null;
        }
        else
        {
            throw new NotSupportedException($"A setting cannot be of type {type}.");
        }

        return value is not null;
    }
}
