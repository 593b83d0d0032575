using System.Globalization;
using System.Text.Unicode;

namespace MediaRelay.Server.Api.Calls;

/// <summary>
/// Whether JSON's strings are text at all. The parser takes invalid UTF-8 and lone surrogates, and only throws when somebody asks
/// for the string (RFC 8259 §8.2); so they are refused at the edge. So is U+0000, which no text needs and PostgreSQL cannot store.
/// </summary>
internal static class JsonText
{
    private const int EscapeLength = 6; // \uXXXX

    public static bool IsUnicode(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && !HasUnusableEscape(json);

    // A backslash stands only inside strings, so the escapes can be found without parsing.
    private static bool HasUnusableEscape(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf((byte)'\\');
        while (at >= 0)
        {
            var rest = json[at..];
            var length = 2;
            if (TryReadEscape(rest, out var unit))
            {
                length = EscapeLength;
                if (unit == '\0' || char.IsLowSurrogate(unit))
                {
                    return true;
                }

                if (char.IsHighSurrogate(unit))
                {
                    if (!TryReadEscape(rest[EscapeLength..], out var second) || !char.IsLowSurrogate(second))
                    {
                        return true;
                    }

                    length = 2 * EscapeLength;
                }
            }

            json = rest.Length > length ? rest[length..] : [];
            at = json.IndexOf((byte)'\\');
        }

        return false;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < EscapeLength || text[0] != '\\' || text[1] != 'u'
            || !ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
