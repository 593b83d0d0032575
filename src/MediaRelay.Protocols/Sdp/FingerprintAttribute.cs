using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Protocols.Sdp;

/// <summary>The hash of a DTLS certificate as a description carries it (<c>a=fingerprint</c>, RFC 8122 §5).</summary>
/// <param name="Algorithm">Hash name in lower case, such as <c>sha-256</c>.</param>
/// <param name="Value">Upper-case hex bytes separated by colons.</param>
public sealed record FingerprintAttribute(string Algorithm, string Value)
{
    private const int LongestHash = 64;

    /// <summary>
    /// True for the hashes that are worth trusting: SHA-256, SHA-384 and SHA-512. RFC 8122 §5 forbids MD2 and MD5, and SHA-1 is no
    /// longer collision resistant.
    /// </summary>
    public bool IsStrong => Algorithm is "sha-256" or "sha-384" or "sha-512";

    /// <summary>Reads <c>sha-256 AB:CD:…</c>; false when the hex is malformed or has the wrong length for a known hash.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out FingerprintAttribute? fingerprint)
    {
        fingerprint = null;
        text = text.Trim();
        var space = text.IndexOf(' ');
        if (space <= 0)
        {
            return false;
        }

        var algorithm = text[..space].ToString().ToLowerInvariant();
        var hex = text[(space + 1)..].Trim();
        var length = (hex.Length + 1) / 3;
        if (length is 0 or > LongestHash || hex.Length != (length * 3) - 1 || !IsColonSeparatedHex(hex))
        {
            return false;
        }

        if (ExpectedLength(algorithm) is { } expected && length != expected)
        {
            return false;
        }

        fingerprint = new FingerprintAttribute(algorithm, hex.ToString().ToUpperInvariant());
        return true;
    }

    public override string ToString() => $"{Algorithm} {Value}";

    private static bool IsColonSeparatedHex(ReadOnlySpan<char> hex)
    {
        for (var i = 0; i < hex.Length; i++)
        {
            if (i % 3 == 2 ? hex[i] != ':' : !char.IsAsciiHexDigit(hex[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int? ExpectedLength(string algorithm) => algorithm switch
    {
        "sha-1" => 20,
        "sha-224" => 28,
        "sha-256" => 32,
        "sha-384" => 48,
        "sha-512" => 64,
        _ => null,
    };
}
