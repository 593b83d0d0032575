using System.Text;

namespace MediaRelay.Protocols.Rtp;

/// <summary>Media section identifier: <c>a=mid</c> and the <c>sdes:mid</c> header extension (RFC 9143 §15).</summary>
public readonly record struct Mid(string Value)
{
    /// <summary>Longest identifier taken from a peer, in bytes.</summary>
    public const int MaxLength = 64;

    /// <summary>
    /// Reads the value of a header extension; false when it is empty, too long or no token (RFC 8866 §9).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out Mid mid)
    {
        mid = default;
        if (!StreamToken.IsValid(value, MaxLength))
        {
            return false;
        }

        mid = new Mid(Encoding.ASCII.GetString(value));
        return true;
    }

    /// <summary>Compares with the value of a header extension without making a string.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => Ascii.Equals(value, Value);

    /// <summary>Writes the value of a header extension and returns its length in bytes.</summary>
    public int Write(Span<byte> destination) => Encoding.ASCII.GetBytes(Value, destination);

    public override string ToString() => Value;
}
