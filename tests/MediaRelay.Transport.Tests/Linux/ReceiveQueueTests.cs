using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Testing;

namespace MediaRelay.Transport.Tests.Linux;

public sealed class ReceiveQueueTests
{
    private const int Sent = 200;

    [LinuxFact]
    public void ReceiveQueueDrops_QueueOverflows_AreWhatDidNotCome()
    {
        using var pool = new LeakCheckingPacketPool();

        // The kernel makes a few kilobytes of it.
        using var socket = UdpSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions { BufferBytes = 1 });
        using var sender = UdpSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions { Segmentation = false });
        Assert.Equal(0, socket.ReceiveQueueDrops);
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        for (var i = 0; i < Sent; i++)
        {
            sender.Writer.Reserve(path, 1_000).Clear();
            sender.Writer.Commit(1_000);
        }

        sender.Flush();
        Assert.Equal(Sent, sender.DatagramsSent);
        var buffers = new PacketBuffer?[UdpSocket.ReceiveBatch];
        var count = socket.Receive(SocketKinds.Clock, pool, buffers, new NetworkPath[UdpSocket.ReceiveBatch]);
        Assert.InRange(count, 1, UdpSocket.ReceiveBatch - 1);
        foreach (var buffer in buffers[..count])
        {
            buffer!.Dispose();
        }

        Assert.Equal(Sent - count, socket.ReceiveQueueDrops);
        socket.Dispose();
        Assert.Equal(Sent - count, socket.ReceiveQueueDrops);
    }
}
