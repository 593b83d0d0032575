using System.Buffers.Binary;
using System.Text;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Protocols.Stun;

/// <summary>
/// Writes one STUN message into borrowed bytes (RFC 8489 §5, §14). Add the plain attributes first, then
/// <see cref="AddIntegrity"/>, then <see cref="AddFingerprint"/>. Throws <see cref="ArgumentOutOfRangeException"/> when the
/// destination is too small: <see cref="MaxBindingLength"/> holds everything that ICE sends.
/// </summary>
public ref struct StunMessageWriter
{
    /// <summary>Bytes that the longest message of ICE needs: a request whose USERNAME has 513 bytes.</summary>
    public const int MaxBindingLength = 640;

    private readonly Span<byte> _destination;
    private readonly byte _paddingByte;

    public StunMessageWriter(Span<byte> destination, StunMessageType type, TransactionId transactionId, byte paddingByte = 0)
    {
        _destination = destination;
        _paddingByte = paddingByte;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StunMessage.MagicCookie);
        transactionId.Write(destination[8..]);
        Length = StunMessage.HeaderLength;
    }

    /// <summary>Bytes written so far; the message is whole after every call.</summary>
    public int Length { get; private set; }

    /// <summary>USERNAME "<paramref name="first"/>:<paramref name="second"/>": first the receiver's fragment (RFC 8445 §7.2.2).</summary>
    public void AddUsername(string first, string second)
    {
        var firstLength = Encoding.UTF8.GetByteCount(first);
        var value = AddAttribute(StunAttributeType.Username, firstLength + 1 + Encoding.UTF8.GetByteCount(second));
        Encoding.UTF8.GetBytes(first, value);
        value[firstLength] = (byte)':';
        Encoding.UTF8.GetBytes(second, value[(firstLength + 1)..]);
    }

    public void AddUsername(scoped ReadOnlySpan<byte> utf8) => utf8.CopyTo(AddAttribute(StunAttributeType.Username, utf8.Length));

    public void AddSoftware(scoped ReadOnlySpan<byte> utf8) => utf8.CopyTo(AddAttribute(StunAttributeType.Software, utf8.Length));

    public void AddPriority(uint priority) =>
        BinaryPrimitives.WriteUInt32BigEndian(AddAttribute(StunAttributeType.Priority, sizeof(uint)), priority);

    public void AddUseCandidate() => AddAttribute(StunAttributeType.UseCandidate, 0);

    public void AddIceControlled(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(AddAttribute(StunAttributeType.IceControlled, sizeof(ulong)), tieBreaker);

    public void AddIceControlling(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(AddAttribute(StunAttributeType.IceControlling, sizeof(ulong)), tieBreaker);

    /// <summary>XOR-MAPPED-ADDRESS (RFC 8489 §14.2).</summary>
    public void AddMappedAddress(in TransportAddress address)
    {
        var value = AddAttribute(StunAttributeType.XorMappedAddress, address.IsIPv4 ? 8 : 20);
        value[0] = 0;
        value[1] = address.IsIPv4 ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunMessage.MagicCookie >> 16)));
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], address.IPv4 ^ StunMessage.MagicCookie);
        }
        else
        {
            var mask = BinaryPrimitives.ReadUInt128BigEndian(_destination[4..]);
            BinaryPrimitives.WriteUInt128BigEndian(value[4..], address.Address ^ mask);
        }
    }

    /// <summary>ERROR-CODE (RFC 8489 §14.8): <paramref name="code"/> is 300–699, the reason ASCII.</summary>
    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        var value = AddAttribute(StunAttributeType.ErrorCode, 4 + reason.Length);
        value[..2].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES (RFC 8489 §14.13).</summary>
    public void AddUnknownAttributes(in StunUnknownAttributes attributes)
    {
        var value = AddAttribute(StunAttributeType.UnknownAttributes, attributes.Count * sizeof(ushort));
        for (var i = 0; i < attributes.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(i * sizeof(ushort))..], attributes[i]);
        }
    }

    /// <summary>MESSAGE-INTEGRITY (RFC 8489 §14.5) with <paramref name="key"/>: the UTF-8 ICE password of the side that was asked.</summary>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var before = Length;
        var value = AddAttribute(StunAttributeType.MessageIntegrity, StunMessage.IntegrityLength);
        StunMessage.ComputeIntegrity(_destination[..before], key, value);
    }

    /// <summary>FINGERPRINT (RFC 8489 §14.7); nothing may be added after it.</summary>
    public void AddFingerprint()
    {
        var before = Length;
        var value = AddAttribute(StunAttributeType.Fingerprint, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(value, Crc32.Compute(_destination[..before]) ^ StunMessage.FingerprintXor);
    }

    private Span<byte> AddAttribute(StunAttributeType type, int length)
    {
        var header = _destination[Length..];
        var padded = (length + 3) & ~3;
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
        header[(4 + length)..(4 + padded)].Fill(_paddingByte);

        Length += 4 + padded;
        BinaryPrimitives.WriteUInt16BigEndian(_destination[2..], (ushort)(Length - StunMessage.HeaderLength));
        return header.Slice(4, length);
    }
}
