using System.Buffers.Binary;
using System.Text;

namespace MediaRelay.Protocols.DataChannels;

/// <summary>
/// DATA_CHANNEL_OPEN (RFC 8832 §5.1).
/// <code>
/// |  Message Type |  Channel Type |            Priority           |
/// |                    Reliability Parameter                      |
/// |         Label Length          |       Protocol Length         |
/// \                             Label                             /
/// \                            Protocol                           /
/// </code>
/// </summary>
internal readonly record struct DataChannelOpenMessage(string Label, string Protocol, DataChannelReliability Reliability)
{
    /// <summary>
    /// UTF-8 bytes that a label or a protocol may have. The format allows 65,535, which no name needs and a peer could make us keep.
    /// </summary>
    public const int MaxNameLength = 1024;

    private const int FixedLength = 12;
    private const byte UnorderedFlag = 0x80;
    private const byte Reliable = 0;
    private const byte LimitedRetransmits = 1;
    private const byte LimitedLifetime = 2;

    /// <summary>Below normal, 128, normal, 256, high …: RFC 8831 §6.4. We send in the order of acceptance and ignore the peer's.</summary>
    private const ushort NormalPriority = 256;

    /// <summary>False when it is too short, has an unknown channel type or a name that is too long.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DataChannelOpenMessage open)
    {
        open = default;
        if (bytes.Length < FixedLength || bytes[0] != (byte)DataChannelMessageType.Open)
        {
            return false;
        }

        var parameter = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var labelLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        var protocolLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        var isOrdered = (bytes[1] & UnorderedFlag) == 0;
        var channelType = bytes[1] & ~UnorderedFlag;
        if (channelType > LimitedLifetime || labelLength > MaxNameLength || protocolLength > MaxNameLength
            || bytes.Length < FixedLength + labelLength + protocolLength)
        {
            return false;
        }

        open = new DataChannelOpenMessage(
            Encoding.UTF8.GetString(bytes.Slice(FixedLength, labelLength)),
            Encoding.UTF8.GetString(bytes.Slice(FixedLength + labelLength, protocolLength)),
            channelType switch
            {
                LimitedRetransmits => new DataChannelReliability(isOrdered, MaxRetransmits: parameter),
                LimitedLifetime => new DataChannelReliability(isOrdered, MaxLifetime: TimeSpan.FromMilliseconds(parameter)),
                _ => new DataChannelReliability(isOrdered),
            });
        return true;
    }

    /// <summary>The message's bytes. Throws <see cref="InvalidOperationException"/> when a name is too long or both limits are set.</summary>
    public byte[] ToBytes()
    {
        var labelLength = Encoding.UTF8.GetByteCount(Label);
        var protocolLength = Encoding.UTF8.GetByteCount(Protocol);
        if (labelLength > MaxNameLength || protocolLength > MaxNameLength)
        {
            throw new InvalidOperationException($"A channel's label and protocol have at most {MaxNameLength} bytes of UTF-8 each.");
        }

        if (Reliability.MaxRetransmits is not null && Reliability.MaxLifetime is not null)
        {
            throw new InvalidOperationException("A channel is limited by retransmissions or by lifetime, not by both (RFC 8832 §5.1).");
        }

        var (channelType, parameter) = Reliability switch
        {
            { MaxRetransmits: { } retransmits } => (LimitedRetransmits, retransmits),
            { MaxLifetime: { } lifetime } => (LimitedLifetime, (uint)Math.Clamp(lifetime.TotalMilliseconds, 0, uint.MaxValue)),
            _ => (Reliable, 0u),
        };
        var bytes = new byte[FixedLength + labelLength + protocolLength];
        bytes[0] = (byte)DataChannelMessageType.Open;
        bytes[1] = (byte)(channelType | (Reliability.IsOrdered ? 0 : UnorderedFlag));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), NormalPriority);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), parameter);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), (ushort)labelLength);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)protocolLength);
        Encoding.UTF8.GetBytes(Label, bytes.AsSpan(FixedLength));
        Encoding.UTF8.GetBytes(Protocol, bytes.AsSpan(FixedLength + labelLength));
        return bytes;
    }
}
