using System.Net;
using MediaRelay.Transport.Groups;
using MediaRelay.Transport.Linux;

namespace MediaRelay.Transport.Tests;

/// <summary>The implementations of each socket type, by name, so that a failure says which.</summary>
public static class SocketKinds
{
    public const string Linux = "linux";
    public const string LinuxPlain = "linux-plain";
    public const string LinuxBursts = "linux-bursts";
    public const string Managed = "managed";

    public static TheoryData<string> Sockets => OperatingSystem.IsLinux() ? [Linux, LinuxPlain, Managed] : [Managed];

    public static TheoryData<string> Groups => OperatingSystem.IsLinux() ? [Linux, LinuxBursts, Managed] : [Managed];

    public static UdpSocket Open(string kind, IPEndPoint bind) => kind == Managed
        ? new ManagedUdpSocket(bind, 1 << 18)
        : new LinuxUdpSocket(bind, new UdpSocketOptions { BufferBytes = 1 << 18, Segmentation = kind == Linux });

    internal static UdpSocketGroup OpenGroup(string kind) => kind switch
    {
        Linux => new LinuxUdpSocketGroup(takeBursts: false),
        LinuxBursts => new LinuxUdpSocketGroup(takeBursts: true),
        _ => new ManagedUdpSocketGroup(),
    };
}
