using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Testing;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>Bursts that arrive whole come out as the datagrams that were sent, whatever the arrays of one call hold.</summary>
public sealed class BurstReceiveTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [LinuxTheory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    public void Receive_BurstsAndSingles_GivesEachDatagramAndItsPath(string bind, string address, bool segmentation)
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open(bind, segmentation);
        using var sender = Open(address);
        var reached = new IPEndPoint(IPAddress.Parse(address), socket.LocalEndPoint.Port);
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(reached));

        // Segments that lie wholly, partly and not at all in the first buffer; a short last one; singles of any length between them.
        var sent = SegmentedSendTests.Write(
            sender, path, [1_200, 1_200, 1_200, 700, 50, 60, 61, 1_500, 1_500, 1, 900, 900, 900, 900, .. Enumerable.Repeat(300, 20), 4]);
        sender.Flush();
        var received = Receive(socket, pool, sent.Count, UdpSocket.ReceiveBatch);
        Assert.Equal(sent, received.Select(datagram => datagram.Bytes));
        Assert.All(received, datagram => Assert.Equal(
            new NetworkPath(TransportAddress.FromIPEndPoint(reached), TransportAddress.FromIPEndPoint(sender.LocalEndPoint)), datagram.Path));
        Assert.Equal((sent.Count, sent.Sum(datagram => datagram.Length)), (socket.DatagramsReceived, socket.BytesReceived));
        Assert.Equal(segmentation ? sender.MessagesSent : sent.Count, socket.MessagesReceived);
        Assert.Equal(segmentation, socket.TakesBursts);
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(63)]
    public void Receive_ArraysHoldLessThanABurst_TheRestComesWithTheNextCalls(int capacity)
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1");
        using var sender = Open("127.0.0.1");
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        var sent = SegmentedSendTests.Write(sender, path, [.. Enumerable.Repeat(1_000, 63), 400, .. Enumerable.Repeat(800, 20), 9]);
        sender.Flush();
        Assert.Equal(sent, Receive(socket, pool, sent.Count, capacity).Select(datagram => datagram.Bytes));
    }

    [LinuxFact]
    public void Wait_PartOfABurstIsHeldBack_ReturnsAtOnce()
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1");
        using var sender = Open("127.0.0.1");
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        SegmentedSendTests.Write(sender, path, 100, 100, 100);
        sender.Flush();
        Assert.Single(Receive(socket, pool, 1, 1));
        socket.Wait(TimeSpan.FromDays(1)); // must not hang
        Assert.Equal(2, Receive(socket, pool, 2, 64).Count);
    }

    [LinuxFact]
    public void Receive_HeldBackWhenDisposed_LeaksNothing()
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1");
        using var sender = Open("127.0.0.1");
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        SegmentedSendTests.Write(sender, path, 100, 100, 100);
        sender.Flush();
        Assert.Single(Receive(socket, pool, 1, 1));
    }

    [LinuxFact]
    public void Receive_SegmentsLongerThanABuffer_AreDroppedAndCounted()
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1");
        using var sender = new BurstSender(socket.LocalEndPoint);
        sender.Send(segmentLength: PacketBuffer.MaxLength + 1, total: 9_000);
        sender.Send(segmentLength: PacketBuffer.MaxLength, total: PacketBuffer.MaxLength + 5);
        Assert.Equal([PacketBuffer.MaxLength, 5], Receive(socket, pool, 2, 64).Select(datagram => datagram.Bytes.Length));
        Assert.Equal((5L, 2L), (socket.ReceiveDrops, socket.DatagramsReceived));
    }

    [LinuxFact]
    public void Receive_LongestBursts_ComeComplete()
    {
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1");
        using var sender = Open("127.0.0.1");
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        var sent = SegmentedSendTests.Write(
            sender, path, [.. Enumerable.Repeat(1_015, 64), .. Enumerable.Repeat(1_300, 50), .. Enumerable.Repeat(1_984 - 500, 43)]);
        sender.Flush();
        Assert.Equal(3, sender.MessagesSent);
        Assert.Equal(sent, Receive(socket, pool, sent.Count, 64).Select(datagram => datagram.Bytes));
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Receive_TrainsOfSeveralPeersInOneBatch_GiveEachPeersDatagramsInOrder(bool segmentation)
    {
        const int Peers = 3;
        using var pool = new LeakCheckingPacketPool();
        using var socket = Open("127.0.0.1", segmentation);
        var senders = Enumerable.Range(0, Peers).Select(_ => new BurstSender(socket.LocalEndPoint)).ToList();
        foreach (var round in Train.Rounds(Peers))
        {
            var messagesBefore = socket.MessagesReceived;
            round.ForEach(sent => sent.Train.SendFrom(senders[sent.Peer]));
            var received = Receive(socket, pool, round.Sum(sent => sent.Train.Datagrams.Count()), UdpSocket.ReceiveBatch);
            for (var peer = 0; peer < Peers; peer++)
            {
                var path = new NetworkPath(
                    TransportAddress.FromIPEndPoint(socket.LocalEndPoint), TransportAddress.FromIPEndPoint(senders[peer].EndPoint));
                Assert.Equal(
                    round.Where(sent => sent.Peer == peer).SelectMany(sent => sent.Train.Datagrams),
                    received.Where(datagram => datagram.Path == path).Select(datagram => datagram.Bytes));
            }

            // Trains that stay whole are fewer than one call reads: they came in one batch.
            Assert.Equal(segmentation ? round.Sum(sent => sent.Train.Pieces) : received.Count, socket.MessagesReceived - messagesBefore);
        }

        senders.ForEach(sender => sender.Dispose());
        Assert.Equal((0L, 0L), (socket.ReceiveDrops, socket.ReceiveQueueDrops));
    }

    private static UdpSocket Open(string bind, bool segmentation = true) => UdpSocket.Open(
        new IPEndPoint(IPAddress.Parse(bind), 0), new UdpSocketOptions { BufferBytes = SocketKinds.BufferBytes, Segmentation = segmentation });

    private static List<(byte[] Bytes, NetworkPath Path)> Receive(UdpSocket socket, PacketPool pool, int count, int capacity)
    {
        var received = new List<(byte[], NetworkPath)>();
        var buffers = new PacketBuffer?[capacity];
        var paths = new NetworkPath[capacity];
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (received.Count < count)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"{received.Count} of {count} came");
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
