using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;

namespace MediaRelay.Transport.Tests;

[Collection(AllocationCollection.Name)]
public sealed class UdpSocketAllocationTests
{
    public static TheoryData<string> Sockets => SocketKinds.Sockets;

    [Theory]
    [MemberData(nameof(Sockets))]
    public void SendAndReceive_Steady_AllocateNothing(string kind)
    {
        if (kind == SocketKinds.Managed)
        {
            return; // the framework's socket makes an address per datagram
        }

        var pool = new PacketPool();
        using var socket = SocketKinds.Open(kind, new IPEndPoint(IPAddress.Loopback, 0));
        var address = TransportAddress.FromIPEndPoint(socket.LocalEndPoint);
        var path = new NetworkPath(address, address);
        var buffers = new PacketBuffer?[UdpSocket.ReceiveBatch];
        var paths = new NetworkPath[UdpSocket.ReceiveBatch];
        Exchange(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((13_200L, 13_200L), (socket.DatagramsSent, socket.DatagramsReceived));

        void Exchange(int turns)
        {
            for (var i = 0; i < turns; i++)
            {
                // Two frames of equally long packets and a short one: bursts and singles.
                for (var j = 0; j < 12; j++)
                {
                    socket.Writer.Reserve(path, 1_200);
                    socket.Writer.Commit(j % 6 == 5 ? 80 : 1_100 + (j / 6));
                }

                socket.Flush();
                for (var received = 0; received < 12;)
                {
                    var count = socket.Receive(SocketKinds.Clock, pool, buffers, paths);
                    for (var k = 0; k < count; k++)
                    {
                        buffers[k]!.Dispose();
                    }

                    received += count;
                }
            }
        }
    }
}
