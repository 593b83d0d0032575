using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>A socket of the framework as the other side: every datagram on its own, or (UDP_GRO) every burst in one piece.</summary>
internal sealed class PlainReceiver : IDisposable
{
    private const int SolUdp = 17;
    private const int UdpGro = 104;

    private readonly Socket _socket;
    private readonly byte[] _space = new byte[65_536];

    public PlainReceiver(IPAddress address, bool takesBursts = false)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = SocketKinds.BufferBytes,
            ReceiveTimeout = 20_000,
        };
        if (takesBursts)
        {
            _socket.SetRawSocketOption(SolUdp, UdpGro, BitConverter.GetBytes(1));
        }

        _socket.Bind(new IPEndPoint(address, 0));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Bytes that wait: 0 once all that was sent has been taken.</summary>
    public int Available => _socket.Available;

    public byte[] Receive()
    {
        var length = _socket.Receive(_space);
        return _space.AsSpan(0, length).ToArray();
    }

    public List<byte[]> Receive(int count) => [.. Enumerable.Range(0, count).Select(_ => Receive())];

    public void Dispose() => _socket.Dispose();
}
