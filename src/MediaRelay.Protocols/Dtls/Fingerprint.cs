namespace MediaRelay.Protocols.Dtls;

/// <summary>
/// Hash of a certificate as SDP carries it (RFC 8122 §5): <paramref name="Algorithm"/> such as "sha-256", <paramref name="Value"/> as
/// "AB:CD:…". Compared without regard to case.
/// </summary>
public readonly record struct Fingerprint(string Algorithm, string Value)
{
    /// <summary>
    /// Parses the value of an a=fingerprint attribute, "sha-256 AB:CD:…"; false for an unknown algorithm or when the value is not as
    /// long as its hash. sha-1, -224, -256, -384 and -512 are known.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Fingerprint fingerprint)
    {
        fingerprint = default;
        text = text.Trim();
        var space = text.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        var value = text[(space + 1)..].TrimStart();
        foreach (var (algorithm, length) in Hashes)
        {
            if (text[..space].Equals(algorithm, StringComparison.OrdinalIgnoreCase))
            {
                if (!IsHexPairs(value, length))
                {
                    return false;
                }

                fingerprint = new Fingerprint(algorithm, value.ToString().ToUpperInvariant());
                return true;
            }
        }

        return false;
    }

    public bool Equals(Fingerprint other) =>
        string.Equals(Algorithm, other.Algorithm, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Value, other.Value, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(
        string.GetHashCode(Algorithm ?? "", StringComparison.OrdinalIgnoreCase),
        string.GetHashCode(Value ?? "", StringComparison.OrdinalIgnoreCase));

    /// <summary>As in a=fingerprint.</summary>
    public override string ToString() => $"{Algorithm} {Value}";

    internal static Fingerprint FromHash(string algorithm, ReadOnlySpan<byte> hash) => new(
        algorithm,
        string.Create(Math.Max(0, (hash.Length * 3) - 1), hash, static (text, bytes) =>
        {
            const string Digits = "0123456789ABCDEF";
            for (var i = 0; i < bytes.Length; i++)
            {
                text[i * 3] = Digits[bytes[i] >> 4];
                text[(i * 3) + 1] = Digits[bytes[i] & 15];
                if (i + 1 < bytes.Length)
                {
                    text[(i * 3) + 2] = ':';
                }
            }
        }));

    private static ReadOnlySpan<(string Algorithm, int Length)> Hashes =>
        new[] { ("sha-256", 32), ("sha-384", 48), ("sha-512", 64), ("sha-224", 28), ("sha-1", 20) };

    private static bool IsHexPairs(ReadOnlySpan<char> value, int count)
    {
        if (value.Length != (count * 3) - 1)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            var isRight = i % 3 == 2 ? value[i] == ':' : char.IsAsciiHexDigit(value[i]);
            if (!isRight)
            {
                return false;
            }
        }

        return true;
    }
}
