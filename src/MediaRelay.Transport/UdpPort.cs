using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Transport;

/// <summary>The one media port, opened once per loop with SO_REUSEPORT; the kernel spreads peers over the sockets by their address.</summary>
public static class UdpPort
{
    /// <summary>
    /// Opens <paramref name="count"/> sockets on <paramref name="bind"/>; all are bound before the first packet is read, because
    /// a socket that joins later changes which one the kernel picks. Throws <see cref="SocketException"/> when another process has
    /// the port: SO_REUSEPORT alone would let it share ours silently.
    /// </summary>
    public static UdpSocket[] Open(IPEndPoint bind, int count, UdpSocketOptions options)
    {
        if (!OperatingSystem.IsLinux() && count > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "more than one loop needs Linux");
        }

        using (var probe = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp))
        {
            probe.ExclusiveAddressUse = true;
            probe.Bind(bind);
            bind = (IPEndPoint)probe.LocalEndPoint!;
        }

        var sockets = new UdpSocket[count];
        var opened = 0;
        try
        {
            for (; opened < count; opened++)
            {
                sockets[opened] = UdpSocket.Open(bind, options with { IsShared = options.IsShared || count > 1 });
            }

            return sockets;
        }
        catch
        {
            for (var i = 0; i < opened; i++)
            {
                sockets[i].Dispose();
            }

            throw;
        }
    }
}
