using System.Buffers.Binary;
using System.Net;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Linux;

/// <summary>sockaddr_in and sockaddr_in6, read and written in place.</summary>
internal static class SocketAddressCodec
{
    public const int MaxAddressLength = 28;

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

    public static bool IsIPv6(IPEndPoint endPoint) => endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
