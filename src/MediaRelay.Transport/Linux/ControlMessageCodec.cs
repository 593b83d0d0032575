using System.Buffers.Binary;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>
/// The control messages of a datagram: IP_PKTINFO or IPV6_PKTINFO, UDP_SEGMENT, UDP_GRO and SO_TIMESTAMPNS. Each is a cmsghdr on 64 bit (length of 8
/// bytes without the filling, level, type), its data, and filling up to a multiple of 8.
/// </summary>
internal static class ControlMessageCodec
{
    /// <summary>Packet info of IPv6 and a segment length.</summary>
    public const int MaxSendLength = 64;

    /// <summary>
    /// A dual-mode socket gives the packet info of both families for IPv4 datagrams (32 + 40 bytes), the segment length (24) and the time (32).
    /// </summary>
    public const int MaxReceiveLength = 128;

    private const int HeaderLength = 16;

    /// <summary>Writes IP_PKTINFO / IPV6_PKTINFO so that the datagram leaves from <paramref name="local"/>; returns the length.</summary>
    public static int WritePacketInfo(Span<byte> control, in TransportAddress local, bool asIPv6)
    {
        control[..40].Clear();
        if (asIPv6)
        {
            WriteHeader(control, 20, LibC.IpProtoIPv6, LibC.IPv6PktInfo);
            BinaryPrimitives.WriteUInt128BigEndian(control[HeaderLength..], local.Address);
            return 40;
        }

        // in_pktinfo: interface index, address to send from, header destination.
        WriteHeader(control, 12, LibC.IpProtoIp, LibC.IpPktInfo);
        BinaryPrimitives.WriteUInt32BigEndian(control[20..], local.IPv4);
        return 32;
    }

    /// <summary>Writes UDP_SEGMENT: the kernel cuts the message into datagrams of <paramref name="segmentLength"/>; returns the length.</summary>
    public static int WriteSegment(Span<byte> control, int segmentLength)
    {
        control[..24].Clear();
        WriteHeader(control, sizeof(ushort), LibC.SolUdp, LibC.UdpSegment);
        BinaryPrimitives.WriteUInt16LittleEndian(control[HeaderLength..], (ushort)segmentLength);
        return 24;
    }

    /// <summary>
    /// Reads the address of ours that a datagram was sent to, the length of a burst's segments, and when it arrived in nanoseconds of
    /// Unix time; what is not told keeps its value (<paramref name="local"/>) or is 0.
    /// </summary>
    public static void Read(ReadOnlySpan<byte> control, ref TransportAddress local, out int segmentLength, out long arrivedAt)
    {
        segmentLength = 0;
        arrivedAt = 0;
        var port = local.Port;
        while (control.Length >= HeaderLength)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(control);
            if (length < HeaderLength || length > (ulong)control.Length)
            {
                return;
            }

            var level = BinaryPrimitives.ReadInt32LittleEndian(control[8..]);
            var type = BinaryPrimitives.ReadInt32LittleEndian(control[12..]);
            var data = control[HeaderLength..(int)length];
            switch (level, type)
            {
                case (LibC.SolUdp, LibC.UdpGro) when data.Length >= sizeof(int):
                    segmentLength = Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(data));
                    break;
                case (LibC.SolSocket, LibC.SoTimestampNs) when data.Length >= 16:
                    arrivedAt = (BinaryPrimitives.ReadInt64LittleEndian(data) * 1_000_000_000) + BinaryPrimitives.ReadInt64LittleEndian(data[8..]);
                    break;
                case (LibC.IpProtoIp, LibC.IpPktInfo) when data.Length >= 12:
                    local = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(data[8..]), port);
                    break;
                case (LibC.IpProtoIPv6, LibC.IPv6PktInfo) when data.Length >= 20:
                    local = new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(data), port);
                    break;
            }

            var aligned = ((int)length + 7) & ~7;
            control = aligned < control.Length ? control[aligned..] : default;
        }
    }

    private static void WriteHeader(Span<byte> control, int dataLength, int level, int type)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(control, (ulong)(HeaderLength + dataLength));
        BinaryPrimitives.WriteInt32LittleEndian(control[8..], level);
        BinaryPrimitives.WriteInt32LittleEndian(control[12..], type);
    }
}
