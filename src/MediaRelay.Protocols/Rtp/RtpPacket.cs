using System.Buffers.Binary;

namespace MediaRelay.Protocols.Rtp;

/// <summary>
/// A borrowed view of one RTP packet (RFC 3550 §5.1, header extensions RFC 8285). <see cref="TryParse"/> checks every
/// length, so no property can fail.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |            contributing source (CSRC) identifiers  …          |
/// |      defined by profile       |            length             |  when X is set: header extension,
/// |                        header extension  …                    |  length in 32-bit words
/// </code>
/// </summary>
public readonly ref struct RtpPacket
{
    /// <summary>Length in bytes of a header without contributing sources and extension.</summary>
    public const int FixedHeaderLength = 12;

    private const int Version = 2;
    private const byte PaddingBit = 0x20;
    private const byte ExtensionBit = 0x10;
    private const byte MarkerBit = 0x80;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _extensionStart;

    private RtpPacket(ReadOnlySpan<byte> packet, int headerLength, int extensionStart, int paddingLength)
    {
        _packet = packet;
        _extensionStart = extensionStart;
        HeaderLength = headerLength;
        PaddingLength = paddingLength;
    }

    public bool Marker => (_packet[1] & MarkerBit) != 0;

    public PayloadType PayloadType => new((byte)(_packet[1] & ~MarkerBit));

    public SequenceNumber SequenceNumber => new(BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]));

    public RtpTimestamp Timestamp => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]));

    public Ssrc Ssrc => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]));

    /// <summary>Contributing sources, 0–15.</summary>
    public int CsrcCount => _packet[0] & 0x0F;

    public bool HasExtension => _extensionStart != 0;

    /// <summary>Bytes before the payload, with contributing sources and header extension.</summary>
    public int HeaderLength { get; }

    /// <summary>
    /// Bytes of padding behind the payload, with the count itself; 0 for a protected packet, where it is encrypted.
    /// </summary>
    public int PaddingLength { get; }

    public ReadOnlySpan<byte> Header => _packet[..HeaderLength];

    /// <summary>The payload without padding; empty for a packet of padding alone.</summary>
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..(_packet.Length - PaddingLength)];

    /// <summary>The whole packet, header to padding.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>
    /// The elements of the header extension in wire order; none when there is no extension in a form of RFC 8285.
    /// </summary>
    public RtpExtensionReader Extensions => _extensionStart == 0
        ? default
        : new RtpExtensionReader(
            BinaryPrimitives.ReadUInt16BigEndian(_packet[_extensionStart..]), _packet[(_extensionStart + 4)..HeaderLength]);

    /// <summary>
    /// Views a plain (decrypted) packet. False when it is shorter than its header says, has another version, or its
    /// padding count is 0 or larger than what follows the header.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out RtpPacket packet)
    {
        if (!TryParseProtected(data, out packet))
        {
            return false;
        }

        if ((data[0] & PaddingBit) == 0)
        {
            return true;
        }

        var paddingLength = data.Length > packet.HeaderLength ? data[^1] : 0;
        if (paddingLength == 0 || paddingLength > data.Length - packet.HeaderLength)
        {
            packet = default;
            return false;
        }

        packet = new RtpPacket(data, packet.HeaderLength, packet._extensionStart, paddingLength);
        return true;
    }

    /// <summary>
    /// Views an SRTP packet, whose header is plain and whose payload, padding count included, is encrypted (RFC 3711
    /// §3.1): <see cref="Payload"/> is everything after the header, and the padding bit is not looked at.
    /// </summary>
    public static bool TryParseProtected(ReadOnlySpan<byte> data, out RtpPacket packet)
    {
        packet = default;
        if (data.Length < FixedHeaderLength || data[0] >> 6 != Version)
        {
            return false;
        }

        var headerLength = FixedHeaderLength + ((data[0] & 0x0F) * 4);
        var extensionStart = 0;
        if ((data[0] & ExtensionBit) != 0)
        {
            if (data.Length < headerLength + 4)
            {
                return false;
            }

            extensionStart = headerLength;
            headerLength += 4 + (BinaryPrimitives.ReadUInt16BigEndian(data[(headerLength + 2)..]) * 4);
        }

        if (data.Length < headerLength)
        {
            return false;
        }

        packet = new RtpPacket(data, headerLength, extensionStart, paddingLength: 0);
        return true;
    }

    /// <summary>
    /// Finds a header extension element by its negotiated id; the first one when there are several. Ids outside 1–255,
    /// such as <see cref="HeaderExtensionMap.Absent"/>, are never found.
    /// </summary>
    public bool TryGetExtension(int id, out ReadOnlySpan<byte> value)
    {
        if (id > 0 && _extensionStart != 0)
        {
            var extensions = Extensions;
            while (extensions.TryReadNext(out var found, out value))
            {
                if (found == id)
                {
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>Contributing source <paramref name="index"/>, 0 ≤ index &lt; <see cref="CsrcCount"/>.</summary>
    public Ssrc GetCsrc(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, CsrcCount);
        return new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_packet[(FixedHeaderLength + (index * 4))..]));
    }
}
