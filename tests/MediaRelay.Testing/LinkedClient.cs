using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Testing;

/// <summary>A client's address as the <see cref="UdpLink"/> sees it, the socket by which the server sees it, and its two lines.</summary>
internal sealed class LinkedClient : IDisposable
{
    private readonly IPEndPoint _server;

    public LinkedClient(SocketAddress address, IPEndPoint server, LinkModel toServer, LinkModel toClient)
    {
        Address = address;
        _server = server;
        ToServer = toServer;
        ToClient = toClient;
        Upstream = OpenUpstream();
    }

    public SocketAddress Address { get; }

    public Socket Upstream { get; private set; }

    public LinkModel ToServer { get; }

    public LinkModel ToClient { get; }

    /// <summary>From now on the server sees another address; what it still sends to the old one is lost.</summary>
    public void Rebind()
    {
        // The new one first: otherwise the kernel may give the same port again.
        var before = Upstream;
        Upstream = OpenUpstream();
        before.Dispose();
    }

    public void Dispose() => Upstream.Dispose();

    private Socket OpenUpstream()
    {
        var socket = UdpLink.OpenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(_server);
        return socket;
    }
}
