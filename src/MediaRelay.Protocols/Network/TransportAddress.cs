using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Protocols.Network;

/// <summary>
/// An IP address and UDP port without an object: IPv4 is kept as an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), so both families
/// compare and hash the same way.
/// </summary>
public readonly record struct TransportAddress(UInt128 Address, ushort Port)
{
    private static readonly UInt128 MappedPrefix = new(0, 0x0000_FFFF_0000_0000);

    public bool IsIPv4 => (Address >> 32) == (MappedPrefix >> 32);

    /// <summary>The IPv4 address in host order; only meaningful when <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Address;

    public bool IsUnspecified => Address == UInt128.Zero || (IsIPv4 && IPv4 == 0);

    public static TransportAddress FromIPv4(uint address, ushort port) => new(MappedPrefix | address, port);

    public static TransportAddress FromIPEndPoint(IPEndPoint endPoint) => From(endPoint.Address, (ushort)endPoint.Port);

    public static TransportAddress From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port)
            : new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), port);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    public AddressFamily Family => IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    public override string ToString() => ToIPEndPoint().ToString();
}
