using System.Buffers.Binary;

namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// Cuts type-length-value parameters apart (RFC 9260 §3.2.1); error causes have the same shape (§3.3.10). The length counts the
/// four bytes of type and length but not the padding.
/// </summary>
internal ref struct SctpParameterReader(ReadOnlySpan<byte> parameters)
{
    public const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest = parameters;

    public bool IsMalformed { get; private set; }

    /// <summary><paramref name="bytes"/> is the parameter with its header, without padding.</summary>
    public bool TryRead(out SctpParameterType type, out ReadOnlySpan<byte> bytes)
    {
        type = default;
        bytes = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = _rest.Length >= HeaderLength ? BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) : 0;
        if (length < HeaderLength || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        type = (SctpParameterType)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        bytes = _rest[..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
