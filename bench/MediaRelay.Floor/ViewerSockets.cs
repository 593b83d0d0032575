using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Floor;

/// <summary>Sockets on loopback that a thread of their own empties every millisecond, like viewers that cost nothing.</summary>
internal sealed class ViewerSockets : IDisposable
{
    private const int SolUdp = 17;
    private const int UdpGro = 104;
    private const int ReceiveBuffer = 1 << 20;
    private readonly Socket[] _sockets;
    private readonly Thread _drain;
    private volatile bool _stopping;

    public ViewerSockets(int count, bool takeBursts)
    {
        _sockets = new Socket[count];
        Addresses = new SocketAddress[count];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            {
                ReceiveBufferSize = ReceiveBuffer,
                Blocking = false,
            };
            if (takeBursts)
            {
                socket.SetRawSocketOption(SolUdp, UdpGro, BitConverter.GetBytes(1));
            }

            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _sockets[i] = socket;
            Addresses[i] = socket.LocalEndPoint!.Serialize();
        }

        _drain = new Thread(Drain) { Name = "viewers", IsBackground = true };
        _drain.Start();
    }

    public SocketAddress[] Addresses { get; }

    public void Dispose()
    {
        _stopping = true;
        _drain.Join();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Drain()
    {
        var space = new byte[65_536];
        while (!_stopping)
        {
            foreach (var socket in _sockets)
            {
                while (socket.Available > 0)
                {
                    socket.Receive(space, SocketFlags.None, out _);
                }
            }

            Thread.Sleep(1);
        }
    }
}
