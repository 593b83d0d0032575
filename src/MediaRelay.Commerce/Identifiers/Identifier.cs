using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Commerce.Identifiers;

/// <summary>
/// The one rule for every identifier: the unreserved characters of RFC 3986 §2.3, so that an id stands in a URL, a file
/// name, a log line and a metric label without escaping.
/// </summary>
public static class Identifier
{
    public const int MaxLength = 64;

    /// <summary>The rule in words, for error texts.</summary>
    public const string Allowed = "1 to 64 of the characters A-Z a-z 0-9 . _ ~ -";

    private static readonly SearchValues<char> AllowedCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(AllowedCharacters);
}
