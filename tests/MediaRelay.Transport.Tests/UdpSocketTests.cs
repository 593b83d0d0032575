using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Testing;

namespace MediaRelay.Transport.Tests;

public sealed class UdpSocketTests
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Sockets => SocketKinds.Sockets;

    [Theory]
    [MemberData(nameof(Sockets))]
    public void Receive_MoreThanABatch_GivesAllWithTheirPaths(string kind)
    {
        const int Count = 150;
        using var pool = new LeakCheckingPacketPool();
        using var socket = SocketKinds.Open(kind, Loopback);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < Count; i++)
        {
            client.Send([(byte)i, 7, 8], 3, socket.LocalEndPoint);
        }

        var received = ReceiveAll(socket, pool, Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (byte)i), received.Select(datagram => datagram.Bytes[0]));
        Assert.All(received, datagram => Assert.Equal(3, datagram.Bytes.Length));
        Assert.All(received, datagram => Assert.Equal(new NetworkPath(
            TransportAddress.FromIPEndPoint(socket.LocalEndPoint),
            TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!)), datagram.Path));
        Assert.Equal((Count, Count * 3L), (socket.DatagramsReceived, socket.BytesReceived));
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public void Writer_MoreThanABatch_SendsAllInOrderAndOnlyWhatWasCommitted(string kind)
    {
        const int Count = 300;
        using var socket = SocketKinds.Open(kind, Loopback);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)) { Client = { ReceiveBufferSize = 1 << 20 } };
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!));
        for (var i = 0; i < Count; i++)
        {
            socket.Writer.Reserve(path, 100).Fill(0xEE);
            var space = socket.Writer.Reserve(path, 100);
            space[0] = (byte)i;
            space[1] = (byte)(i >> 8);
            socket.Writer.Commit(2 + (i % 50));
        }

        socket.Flush();
        client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        for (var i = 0; i < Count; i++)
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            var bytes = client.Receive(ref from);
            Assert.Equal((i, 2 + (i % 50)), (bytes[0] | (bytes[1] << 8), bytes.Length));
            Assert.Equal(socket.LocalEndPoint, from);
        }

        Assert.Equal((Count, 0L), (socket.DatagramsSent, socket.SendErrors));
    }

    [Fact]
    public void Receive_BoundToAnyAddress_TellsWhichOneWasReachedAndAnswersFromIt()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // elsewhere one socket per address is bound, there is nothing to tell
        }

        using var pool = new LeakCheckingPacketPool();
        using var socket = SocketKinds.Open(SocketKinds.Linux, new IPEndPoint(IPAddress.Any, 0));
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
        var reached = new IPEndPoint(IPAddress.Parse("127.0.0.9"), socket.LocalEndPoint.Port);
        client.Send([1], 1, reached);
        var (_, path) = Assert.Single(ReceiveAll(socket, pool, 1));
        Assert.Equal(TransportAddress.FromIPEndPoint(reached), path.Local);

        socket.Writer.Reserve(path, 1)[0] = 2;
        socket.Writer.Commit(1);
        socket.Flush();
        client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal([2], client.Receive(ref from));
        Assert.Equal(reached, from);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public void Receive_DatagramLongerThanABuffer_IsDroppedAndTheNextOneComes(string kind)
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = SocketKinds.Open(kind, Loopback);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Send(new byte[PacketBuffer.MaxLength + 1], PacketBuffer.MaxLength + 1, socket.LocalEndPoint);
        client.Send(new byte[PacketBuffer.MaxLength], PacketBuffer.MaxLength, socket.LocalEndPoint);
        Assert.Equal(PacketBuffer.MaxLength, Assert.Single(ReceiveAll(socket, pool, 1)).Bytes.Length);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public void Flush_PeersPortIsClosed_OthersStillGetTheirs(string kind)
    {
        using var socket = SocketKinds.Open(kind, Loopback);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using (var closed = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            var gone = TransportAddress.FromIPEndPoint((IPEndPoint)closed.Client.LocalEndPoint!);
            closed.Dispose();
            Write(socket, gone, 1);
        }

        // An address that cannot be sent to at all is refused by the kernel at once.
        Write(socket, TransportAddress.FromIPv4(0x7F000001, 0), 2);
        Write(socket, TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!), 3);
        socket.Flush();
        client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal([3], client.Receive(ref from));
        Assert.NotEqual(0, socket.SendErrors);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task Wake_FromAnotherThread_EndsTheWait(string kind)
    {
        using var socket = SocketKinds.Open(kind, Loopback);
        var woken = 0;
        var waiting = Task.Run(() =>
        {
            while (Volatile.Read(ref woken) == 0)
            {
                socket.Wait(Patience);
            }
        });
        Volatile.Write(ref woken, 1);
        socket.Wake();
        await waiting.WaitAsync(Patience);

        // A wake-up before the wait is not lost.
        socket.Wake();
        await Task.Run(() => socket.Wait(Patience)).WaitAsync(Patience);
    }

    [Fact]
    public void Open_PortOfAnotherProgram_IsRefusedAlsoWhenItIsShared()
    {
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var bind = (IPEndPoint)other.Client.LocalEndPoint!;
        var loops = OperatingSystem.IsLinux() ? 2 : 1;
        Assert.Throws<SocketException>(() => UdpPort.Open(bind, loops, new UdpSocketOptions()));

        var sockets = UdpPort.Open(Loopback, loops, new UdpSocketOptions());
        try
        {
            Assert.Throws<SocketException>(() => UdpPort.Open(sockets[0].LocalEndPoint, loops, new UdpSocketOptions()));
        }
        finally
        {
            Array.ForEach(sockets, socket => socket.Dispose());
        }
    }

    private static void Write(UdpSocket socket, in TransportAddress to, byte value)
    {
        socket.Writer.Reserve(new NetworkPath(default, to), 1)[0] = value;
        socket.Writer.Commit(1);
    }

    private static List<(byte[] Bytes, NetworkPath Path)> ReceiveAll(UdpSocket socket, PacketPool pool, int count)
    {
        var received = new List<(byte[], NetworkPath)>();
        var buffers = new PacketBuffer?[UdpSocket.ReceiveBatch];
        var paths = new NetworkPath[UdpSocket.ReceiveBatch];
        var deadline = TimeProvider.System.GetTimestamp() + ((long)Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (received.Count < count)
        {
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, $"{received.Count} of {count} came");
            socket.Wait(TimeSpan.FromMilliseconds(100));
            var got = socket.Receive(SocketKinds.Clock, pool, buffers, paths);
            for (var i = 0; i < got; i++)
            {
                received.Add((buffers[i]!.Span.ToArray(), paths[i]));
                buffers[i]!.Dispose();
            }
        }

        return received;
    }
}
