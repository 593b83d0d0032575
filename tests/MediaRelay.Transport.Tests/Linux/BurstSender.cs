using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>A socket of the framework that the kernel lets cut everything it sends, into segments of any length.</summary>
internal sealed class BurstSender : IDisposable
{
    private const int SolUdp = 17;
    private const int UdpSegment = 103;

    private readonly Socket _socket;

    public BurstSender(IPEndPoint to)
    {
        _socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(to);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(int segmentLength, int total) => Send(segmentLength, new byte[total]);

    public void Send(int segmentLength, ReadOnlySpan<byte> train)
    {
        _socket.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(segmentLength));
        Assert.Equal(train.Length, _socket.Send(train));
    }

    public void Dispose() => _socket.Dispose();
}
