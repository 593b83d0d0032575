using System.Globalization;

namespace MediaRelay.Protocols.Sdp;

/// <summary>The lexical rules that the attributes of RFC 8866 §9 share.</summary>
internal static class SdpText
{
    /// <summary>Identifiers of a peer are echoed into answers and kept for the session: 64 is more than any client uses.</summary>
    public const int LongestIdentifier = 64;

    private const int LongestQuote = 64;

    /// <summary>Takes the next word off the front of a space-separated text; false when none is left.</summary>
    public static bool TryTakeWord(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> word)
    {
        text = text.TrimStart(' ');
        var end = text.IndexOf(' ');
        word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return !word.IsEmpty;
    }

    /// <summary>Decimal digits only: no sign, no space (RFC 8866 §9 integer).</summary>
    public static bool TryParseUInt32(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryParseByte(ReadOnlySpan<char> text, byte maximum, out byte value) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= maximum;

    public static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        port = value;
        return isPort;
    }

    /// <summary>A token (RFC 8866 §9): visible ASCII without the separators <c>"(),/:;&lt;=&gt;?@[\]</c>.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LongestIdentifier && !text.ContainsAnyExceptInRange('!', '~')
        && text.IndexOfAny("\"(),/:;<=>?@[\\]") < 0;

    /// <summary>A rid: letters, digits, <c>-</c> and <c>_</c> (RFC 8851 §10).</summary>
    public static bool IsRid(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= LongestIdentifier;
    }

    /// <summary>
    /// ICE credentials. RFC 8839 §5.4 allows letters, digits, <c>+</c> and <c>/</c>; clients in the field use other visible characters as
    /// well, which is harmless as long as there is no colon, the separator of STUN's USERNAME (RFC 8445 §7.2.2).
    /// </summary>
    public static bool IsIceCredential(ReadOnlySpan<char> text, int shortest) =>
        text.Length >= shortest && text.Length <= 256 && !text.ContainsAnyExceptInRange('!', '~') && !text.Contains(':');

    /// <summary>A peer's value for an error text: bounded, and without characters that a log or terminal would act on.</summary>
    public static string Quote(ReadOnlySpan<char> value)
    {
        Span<char> shown = stackalloc char[Math.Min(value.Length, LongestQuote)];
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = value[i] is >= ' ' and <= '~' and not '"' ? value[i] : '?';
        }

        return value.Length > LongestQuote ? $"\"{shown}…\"" : $"\"{shown}\"";
    }
}
