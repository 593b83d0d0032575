using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Stun;

/// <summary>
/// One STUN message over borrowed bytes (RFC 8489 §5). <see cref="TryParse"/> checks every length, so the properties need no checks;
/// nothing in it is trustworthy before <see cref="TryVerifyIntegrity"/>.
/// </summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                  Magic Cookie = 0x2112A442                    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     Transaction ID (96 bits)                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const uint MagicCookie = 0x2112_A442;

    /// <summary>Longest message that is looked at, in bytes: more than any MTU that ICE meets.</summary>
    public const int MaxLength = 2048;

    internal const int IntegrityLength = 20;
    internal const uint FingerprintXor = 0x5354_554E;

    private readonly ReadOnlySpan<byte> _message;
    private readonly StunAttributes _attributes;

    private StunMessage(ReadOnlySpan<byte> message, scoped in StunAttributes attributes)
    {
        _message = message;
        _attributes = attributes;
    }

    public StunMessageType Type => (StunMessageType)BinaryPrimitives.ReadUInt16BigEndian(_message);

    public TransactionId TransactionId => TransactionId.Read(_message[8..]);

    /// <summary>USERNAME as UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> Username => _message[_attributes.Username];

    /// <summary>SOFTWARE as UTF-8; empty when absent.</summary>
    public ReadOnlySpan<byte> Software => _message[_attributes.Software];

    /// <summary>PRIORITY (RFC 8445 §7.1.1), or null when absent.</summary>
    public uint? Priority => _attributes.Priority;

    /// <summary>The sender nominates this pair (RFC 8445 §7.1.2).</summary>
    public bool HasUseCandidate => _attributes.HasUseCandidate;

    /// <summary>Tie-breaker of ICE-CONTROLLED (RFC 8445 §7.1.3), or null when absent.</summary>
    public ulong? IceControlled => _attributes.IceControlled;

    /// <summary>Tie-breaker of ICE-CONTROLLING (RFC 8445 §7.1.3), or null when absent.</summary>
    public ulong? IceControlling => _attributes.IceControlling;

    public bool HasIntegrity => _attributes.IntegrityOffset != 0;

    public bool HasFingerprint => _attributes.FingerprintOffset != 0;

    /// <summary>ERROR-CODE as a number of 300–699, or null when absent or out of range (RFC 8489 §14.8).</summary>
    public int? ErrorCode => _attributes.ErrorCode;

    /// <summary>Comprehension-required attributes that are not known here; at most <see cref="StunUnknownAttributes.MaxCount"/> are kept.</summary>
    public StunUnknownAttributes UnknownAttributes => _attributes.Unknown;

    /// <summary>Types listed in UNKNOWN-ATTRIBUTES of an error response, big-endian 16-bit each; empty when absent.</summary>
    public ReadOnlySpan<byte> RejectedAttributes => _message[_attributes.RejectedAttributes];

    /// <summary>
    /// Takes one whole datagram as a message; false when it is not STUN, when a length does not fit, or when its FINGERPRINT is not
    /// the last attribute.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length is < HeaderLength or > MaxLength
            || (datagram[0] & 0xC0) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength
            || (datagram.Length & 3) != 0
            || !StunAttributes.TryParse(datagram, out var attributes))
        {
            return false;
        }

        message = new StunMessage(datagram, attributes);
        return true;
    }

    /// <summary>
    /// True when MESSAGE-INTEGRITY is there and was made with <paramref name="key"/>: with ICE the UTF-8 password of the side that
    /// receives a request (RFC 8489 §9.1.1, RFC 8445 §7.1.4). The comparison takes the same time wherever the bytes differ.
    /// </summary>
    public bool TryVerifyIntegrity(ReadOnlySpan<byte> key)
    {
        var offset = _attributes.IntegrityOffset;
        if (offset == 0)
        {
            return false;
        }

        Span<byte> computed = stackalloc byte[IntegrityLength];
        ComputeIntegrity(_message[..offset], key, computed);
        return CryptographicOperations.FixedTimeEquals(computed, _message.Slice(offset + 4, IntegrityLength));
    }

    /// <summary>True when FINGERPRINT is there and right (RFC 8489 §14.7).</summary>
    public bool TryVerifyFingerprint()
    {
        var offset = _attributes.FingerprintOffset;
        return offset != 0
            && BinaryPrimitives.ReadUInt32BigEndian(_message[(offset + 4)..])
                == (Crc32.Compute(_message[..offset]) ^ FingerprintXor);
    }

    /// <summary>XOR-MAPPED-ADDRESS (RFC 8489 §14.2); false when absent or of an unknown family.</summary>
    public bool TryReadMappedAddress(out TransportAddress address)
    {
        address = default;
        var value = _message[_attributes.XorMappedAddress];
        if (value.Length < 8)
        {
            return false;
        }

        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (MagicCookie >> 16));
        switch (value[1])
        {
            case 1 when value.Length == 8:
                address = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ MagicCookie, port);
                return true;
            case 2 when value.Length == 20:
                var mask = BinaryPrimitives.ReadUInt128BigEndian(_message[4..]);
                address = new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(value[4..]) ^ mask, port);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// HMAC-SHA1 over everything before MESSAGE-INTEGRITY, with the header's length as if the message ended with that attribute
    /// (RFC 8489 §14.5).
    /// </summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 8445 §7.1.4 lays down HMAC-SHA1")]
    internal static void ComputeIntegrity(ReadOnlySpan<byte> beforeAttribute, ReadOnlySpan<byte> key, Span<byte> hash)
    {
        Span<byte> copy = stackalloc byte[MaxLength];
        copy = copy[..beforeAttribute.Length];
        beforeAttribute.CopyTo(copy);
        var length = beforeAttribute.Length + 4 + IntegrityLength - HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)length);
        HMACSHA1.HashData(key, copy, hash);
    }
}
