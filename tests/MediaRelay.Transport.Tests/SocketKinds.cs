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

    /// <summary>Default of net.core.rmem_max: what a process without privileges gets, so no test may need more.</summary>
    public const int BufferBytes = 212_992;

    /// <summary>The time of what is received: real sockets have no other.</summary>
    public static readonly LoopClock Clock = new(TimeProvider.System);

    public static TheoryData<string> Sockets => OperatingSystem.IsLinux() ? [Linux, LinuxPlain, Managed] : [Managed];

    public static TheoryData<string> Groups => OperatingSystem.IsLinux() ? [Linux, LinuxBursts, Managed] : [Managed];

    public static UdpSocket Open(string kind, IPEndPoint bind) => kind == Managed
        ? new ManagedUdpSocket(bind, BufferBytes)
        : new LinuxUdpSocket(bind, new UdpSocketOptions { BufferBytes = BufferBytes, Segmentation = kind == Linux });

    internal static UdpSocketGroup OpenGroup(string kind) => kind switch
    {
        Linux => new LinuxUdpSocketGroup(takeBursts: false, sendBursts: false),
        LinuxBursts => new LinuxUdpSocketGroup(takeBursts: true, sendBursts: true),
        _ => new ManagedUdpSocketGroup(),
    };
}
