using System.Buffers.Binary;
using System.Net;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>sockaddr_in, sockaddr_in6 and the packet-info control messages, read and written in place.</summary>
internal static class SocketAddressCodec
{
    public const int MaxAddressLength = 28;
    public const int ControlLength = 64;

    public static int Write(Span<byte> destination, in TransportAddress address, bool asIPv6)
    {
        destination[..MaxAddressLength].Clear();
        if (asIPv6)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, LibC.AddressFamilyIPv6);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
            BinaryPrimitives.WriteUInt128BigEndian(destination[8..], address.Address);
            return 28;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(destination, LibC.AddressFamilyIPv4);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], address.IPv4);
        return 16;
    }

    public static TransportAddress Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(source) == LibC.AddressFamilyIPv6
            ? new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(source[8..]), port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(source[4..]), port);
    }

    /// <summary>Writes IP_PKTINFO / IPV6_PKTINFO so that the datagram leaves from <paramref name="local"/>; returns the length.</summary>
    public static int WritePacketInfo(Span<byte> control, in TransportAddress local, bool asIPv6)
    {
        control[..40].Clear();
        if (asIPv6)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(control, 16 + 20);
            BinaryPrimitives.WriteInt32LittleEndian(control[8..], LibC.IpProtoIPv6);
            BinaryPrimitives.WriteInt32LittleEndian(control[12..], LibC.IPv6PktInfo);
            BinaryPrimitives.WriteUInt128BigEndian(control[16..], local.Address);
            return 40;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(control, 16 + 12);
        BinaryPrimitives.WriteInt32LittleEndian(control[8..], LibC.IpProtoIp);
        BinaryPrimitives.WriteInt32LittleEndian(control[12..], LibC.IpPktInfo);
        BinaryPrimitives.WriteUInt32BigEndian(control[20..], local.IPv4);
        return 32;
    }

    /// <summary>The address of ours that a received datagram was sent to; false without packet info.</summary>
    public static bool TryReadPacketInfo(ReadOnlySpan<byte> control, ushort port, out TransportAddress local)
    {
        local = default;
        while (control.Length >= 16)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(control);
            if (length < 16 || length > control.Length)
            {
                return false;
            }

            var level = BinaryPrimitives.ReadInt32LittleEndian(control[8..]);
            var type = BinaryPrimitives.ReadInt32LittleEndian(control[12..]);
            if (level == LibC.IpProtoIp && type == LibC.IpPktInfo && length >= 28)
            {
                local = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(control[24..]), port);
                return true;
            }

            if (level == LibC.IpProtoIPv6 && type == LibC.IPv6PktInfo && length >= 36)
            {
                local = new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(control[16..]), port);
                return true;
            }

            var aligned = (length + 7) & ~7;
            if (aligned >= control.Length)
            {
                return false;
            }

            control = control[aligned..];
        }

        return false;
    }

    public static bool IsIPv6(IPEndPoint endPoint) => endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
