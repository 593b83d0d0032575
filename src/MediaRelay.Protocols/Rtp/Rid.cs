using System.Text;

namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// Identifier of one simulcast encoding: <c>a=rid</c> and <c>sdes:rtp-stream-id</c> (RFC 8851, 8852).
/// </summary>
public readonly record struct Rid(string Value)
{
    /// <summary>Longest identifier taken from a peer, in bytes.</summary>
    public const int MaxLength = 64;

    /// <summary>Reads the value of a header extension; false when it is empty, too long or no token.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out Rid rid)
    {
        rid = default;
        if (!StreamToken.IsValid(value, MaxLength))
        {
            return false;
        }

        rid = new Rid(Encoding.ASCII.GetString(value));
        return true;
    }

    /// <summary>Compares with the value of a header extension without making a string.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => Ascii.Equals(value, Value);

    /// <summary>Writes the value of a header extension and returns its length in bytes.</summary>
    public int Write(Span<byte> destination) => Encoding.ASCII.GetBytes(Value, destination);

    public override string ToString() => Value;
}
