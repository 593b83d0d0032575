using System.Buffers.Binary;

namespace MediaRelay.Protocols.Stun;

/// <summary>Where the attributes of one message lie, and the values of the short ones. Offsets are from the message's first byte.</summary>
internal struct StunAttributes
{
    public Range Username;
    public Range Software;
    public Range XorMappedAddress;
    public Range RejectedAttributes;
    public uint? Priority;
    public ulong? IceControlled;
    public ulong? IceControlling;
    public int? ErrorCode;
    public bool HasUseCandidate;
    public int IntegrityOffset;
    public int FingerprintOffset;
    public StunUnknownAttributes Unknown;

    /// <summary>Walks the attributes of a message whose header has been checked; false when one does not fit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out StunAttributes attributes)
    {
        attributes = default;
        var offset = StunMessage.HeaderLength;
        while (offset < message.Length)
        {
            // FINGERPRINT is the last attribute (RFC 8489 §14.7).
            if (attributes.FingerprintOffset != 0 || message.Length - offset < 4)
            {
                return false;
            }

            var type = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]);
            var padded = (length + 3) & ~3;
            if (padded > message.Length - offset - 4)
            {
                return false;
            }

            // What follows MESSAGE-INTEGRITY is not covered by it and is ignored, except for FINGERPRINT (RFC 8489 §14.5).
            if ((attributes.IntegrityOffset == 0 || type == StunAttributeType.Fingerprint)
                && !attributes.TryTake(type, offset, message.Slice(offset + 4, length)))
            {
                return false;
            }

            offset += 4 + padded;
        }

        return true;
    }

    private bool TryTake(StunAttributeType type, int offset, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case StunAttributeType.Username:
                return TryTakeRange(ref Username, offset, value);
            case StunAttributeType.Software:
                return TryTakeRange(ref Software, offset, value);
            case StunAttributeType.XorMappedAddress:
                return TryTakeRange(ref XorMappedAddress, offset, value);
            case StunAttributeType.UnknownAttributes:
                return TryTakeRange(ref RejectedAttributes, offset, value);
            case StunAttributeType.Priority:
                return TryTakeNumber(ref Priority, value);
            case StunAttributeType.IceControlled:
                return TryTakeNumber(ref IceControlled, value);
            case StunAttributeType.IceControlling:
                return TryTakeNumber(ref IceControlling, value);
            case StunAttributeType.UseCandidate:
                HasUseCandidate = true;
                return value.Length == 0;
            case StunAttributeType.ErrorCode:
                return TryTakeErrorCode(value);
            case StunAttributeType.MessageIntegrity:
                IntegrityOffset = offset;
                return value.Length == StunMessage.IntegrityLength;
            case StunAttributeType.Fingerprint:
                FingerprintOffset = offset;
                return value.Length == 4;
            case StunAttributeType.MappedAddress:
            case StunAttributeType.Realm:
            case StunAttributeType.Nonce:
            case StunAttributeType.MessageIntegritySha256:
            case StunAttributeType.PasswordAlgorithm:
            case StunAttributeType.Userhash:
                return true;
            default:
                if ((ushort)type < 0x8000)
                {
                    Unknown.Add((ushort)type);
                }

                return true;
        }
    }

    // The first of a kind counts, further ones are ignored (RFC 8489 §14).
    private static bool TryTakeRange(ref Range range, int offset, ReadOnlySpan<byte> value)
    {
        if (range.Equals(default))
        {
            range = new Range(offset + 4, offset + 4 + value.Length);
        }

        return true;
    }

    private static bool TryTakeNumber(ref uint? number, ReadOnlySpan<byte> value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(value, out var read))
        {
            return false;
        }

        number ??= read;
        return value.Length == sizeof(uint);
    }

    private static bool TryTakeNumber(ref ulong? number, ReadOnlySpan<byte> value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(value, out var read))
        {
            return false;
        }

        number ??= read;
        return value.Length == sizeof(ulong);
    }

    private bool TryTakeErrorCode(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4)
        {
            return false;
        }

        var (hundreds, rest) = (value[2] & 7, value[3]);
        ErrorCode ??= hundreds is >= 3 and <= 6 && rest < 100 ? (hundreds * 100) + rest : null;
        return true;
    }
}
