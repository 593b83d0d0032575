using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport.Groups;
using MediaRelay.Transport.Tests.Linux;

namespace MediaRelay.Transport.Tests.Groups;

[Collection(AllocationCollection.Name)]
public sealed class UdpSocketGroupTests
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly LoopClock Clock = new(TimeProvider.System);

    public static TheoryData<string> Groups => SocketKinds.Groups;

    [Theory]
    [MemberData(nameof(Groups))]
    public void Receive_ManySockets_EachReceiverGetsItsOwn(string kind)
    {
        const int Sockets = 200;
        using var group = SocketKinds.OpenGroup(kind);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var from = TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!);
        var receivers = new List<Recorder>();
        for (var i = 0; i < Sockets; i++)
        {
            var receiver = new Recorder();
            var socket = group.Open(Loopback, 1 << 16, receiver);
            receivers.Add(receiver);
            client.Send([(byte)i, 1], 2, socket.LocalEndPoint);
            client.Send([(byte)i, 2, 3], 3, socket.LocalEndPoint);
        }

        RunUntil(group, () => receivers.TrueForAll(receiver => receiver.Datagrams.Count == 2));
        for (var i = 0; i < Sockets; i++)
        {
            Assert.Equal([[(byte)i, 1], [(byte)i, 2, 3]], receivers[i].Datagrams);
            Assert.Equal(from, receivers[i].Last.Remote);
        }

        Assert.Equal(Sockets * 2, group.DatagramsReceived);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Writer_SocketsTakeTurns_EachSendsFromItsOwnPort(string kind)
    {
        using var group = SocketKinds.OpenGroup(kind);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)) { Client = { ReceiveBufferSize = 1 << 20 } };
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!));
        var sockets = Enumerable.Range(0, 3).Select(_ => group.Open(Loopback, 1 << 16, new Recorder())).ToList();
        for (var i = 0; i < 150; i++)
        {
            var socket = sockets[i / 70];
            socket.Reserve(path, 10)[0] = (byte)i;
            socket.Commit(1 + (i % 5));
        }

        group.Flush();
        client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        for (var i = 0; i < 150; i++)
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            var bytes = client.Receive(ref from);
            Assert.Equal(((byte)i, 1 + (i % 5)), (bytes[0], bytes.Length));
            Assert.Equal(sockets[i / 70].LocalEndPoint, from);
        }

        Assert.Equal((150L, 0L), (group.DatagramsSent, group.SendErrors));
    }

    [Theory]
    [InlineData(SocketKinds.Linux, 0)]
    [InlineData(SocketKinds.LinuxBursts, 100)]
    public void Writer_EquallyLongDatagramsInARow_LeaveAsBurstsWhereWanted(string kind, int segmented)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // only there the kernel cuts
        }

        // 64, the most of a batch; 30 with a shorter end; one that is longer than its neighbour; six.
        int[] lengths = [.. Enumerable.Repeat(1_000, 64), .. Enumerable.Repeat(1_000, 29), 400, 900, .. Enumerable.Repeat(1_000, 6)];
        using var group = SocketKinds.OpenGroup(kind);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0))
        {
            Client = { ReceiveBufferSize = 1 << 20, ReceiveTimeout = (int)Patience.TotalMilliseconds },
        };
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint((IPEndPoint)client.Client.LocalEndPoint!));
        var socket = group.Open(Loopback, 1 << 16, new Recorder());
        for (var i = 0; i < lengths.Length; i++)
        {
            socket.Reserve(path, lengths[i]).Fill((byte)i);
            socket.Commit(lengths[i]);
        }

        group.Flush();
        for (var i = 0; i < lengths.Length; i++)
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            var bytes = client.Receive(ref from);
            Assert.Equal((lengths[i], (byte)i, (byte)i), (bytes.Length, bytes[0], bytes[^1]));
        }

        Assert.Equal((lengths.Length, 0), (group.DatagramsSent, group.SendErrors));
        Assert.Equal(segmented, group.SegmentedDatagrams);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Receive_BurstsOf64_AreHandedOutAsDatagrams(string kind)
    {
        using var group = SocketKinds.OpenGroup(kind);
        using var sender = UdpSocket.Open(Loopback, new UdpSocketOptions());
        var receiver = new Recorder();
        var socket = group.Open(Loopback, SocketKinds.BufferBytes, receiver);
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        for (var i = 0; i < 128; i++)
        {
            sender.Writer.Reserve(path, 1_000).Fill((byte)i);
            sender.Writer.Commit(i == 127 ? 500 : 1_000);
        }

        sender.Flush();
        RunUntil(group, () => receiver.Datagrams.Count == 128);
        for (var i = 0; i < 128; i++)
        {
            Assert.Equal(i == 127 ? 500 : 1_000, receiver.Datagrams[i].Length);
            Assert.All(receiver.Datagrams[i], value => Assert.Equal((byte)i, value));
        }

        Assert.Equal((128L, 0L), (group.DatagramsReceived, group.Truncated));
    }

    [LinuxTheory]
    [InlineData(SocketKinds.Linux)]
    [InlineData(SocketKinds.LinuxBursts)]
    public void Receive_TrainsOfSeveralPeers_GiveEachSocketItsDatagramsInOrder(string kind)
    {
        const int Peers = 3;
        using var group = SocketKinds.OpenGroup(kind);
        Recorder[] receivers = [new(), new()];
        var sockets = Array.ConvertAll(receivers, receiver => group.Open(Loopback, SocketKinds.BufferBytes, receiver));
        var senders = Array.ConvertAll(
            sockets, socket => Enumerable.Range(0, Peers).Select(_ => new BurstSender(socket.LocalEndPoint)).ToList());
        var total = 0;
        foreach (var round in Train.Rounds(Peers))
        {
            Array.ForEach(receivers, receiver => receiver.Clear());
            round.ForEach(sent => Array.ForEach(senders, ofSocket => sent.Train.SendFrom(ofSocket[sent.Peer])));
            var count = round.Sum(sent => sent.Train.Datagrams.Count());
            total += 2 * count;
            RunUntil(group, () => Array.TrueForAll(receivers, receiver => receiver.Datagrams.Count >= count));
            for (var i = 0; i < sockets.Length; i++)
            {
                Assert.Equal(count, receivers[i].Datagrams.Count);
                for (var peer = 0; peer < Peers; peer++)
                {
                    var from = TransportAddress.FromIPEndPoint(senders[i][peer].EndPoint);
                    Assert.Equal(
                        round.Where(sent => sent.Peer == peer).SelectMany(sent => sent.Train.Datagrams),
                        receivers[i].Datagrams.Where((_, at) => receivers[i].Paths[at].Remote == from));
                }
            }
        }

        Array.ForEach(senders, ofSocket => ofSocket.ForEach(sender => sender.Dispose()));
        Assert.All(sockets, socket => Assert.Equal(0, socket.QueueDrops));
        Assert.Equal((total, 0L), (group.DatagramsReceived, group.Truncated));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Dispose_OneSocket_OthersGoOnAndItsPortIsFree(string kind)
    {
        using var group = SocketKinds.OpenGroup(kind);
        var (first, second) = (new Recorder(), new Recorder());
        var gone = group.Open(Loopback, 1 << 16, first);
        var stays = group.Open(Loopback, 1 << 16, second);
        var port = gone.LocalEndPoint;
        gone.Dispose();
        gone.Dispose();
        using var client = new UdpClient(port);
        client.Send([5], 1, stays.LocalEndPoint);
        RunUntil(group, () => second.Datagrams.Count == 1);
        Assert.Empty(first.Datagrams);

        // Its place is taken by the next one.
        var third = new Recorder();
        var next = group.Open(Loopback, 1 << 16, third);
        client.Send([6], 1, next.LocalEndPoint);
        RunUntil(group, () => third.Datagrams.Count == 1);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Open_PortInUse_Throws(string kind)
    {
        using var group = SocketKinds.OpenGroup(kind);
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Throws<SocketException>(() => group.Open((IPEndPoint)other.Client.LocalEndPoint!, 1 << 16, new Recorder()));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Wake_FromAnotherThread_EndsTheWait(string kind)
    {
        using var group = SocketKinds.OpenGroup(kind);
        group.Wake();
        await Task.Run(() => group.Wait(Patience)).WaitAsync(Patience);
    }

    [Fact]
    public void QueueDrops_NobodyReads_CountsWhatTheKernelThrewAway()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // only Linux tells
        }

        using var group = SocketKinds.OpenGroup(SocketKinds.Linux);
        var receiver = new Recorder();
        var socket = group.Open(Loopback, 4_096, receiver);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 200; i++)
        {
            client.Send(new byte[1_000], 1_000, socket.LocalEndPoint);
        }

        var drops = socket.QueueDrops;
        Assert.InRange(drops, 1, 199);
        RunUntil(group, () => receiver.Datagrams.Count == 200 - drops);
        socket.Dispose();
        Assert.Equal(drops, socket.QueueDrops);
    }

    [Fact]
    public void Receive_Steady_AllocatesNothing()
    {
        using var group = UdpSocketGroup.Create();
        var counter = new Counter();
        var socket = group.Open(Loopback, 1 << 18, counter);
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
        Exchange(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(2_000);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        void Exchange(int count)
        {
            var goal = counter.Count + count;
            for (var i = 0; i < count; i++)
            {
                socket.Reserve(path, 100);
                socket.Commit(100);
                group.Flush();
                while (counter.Count + count - i - 1 < goal)
                {
                    group.Wait(TimeSpan.FromMilliseconds(100));
                    group.Receive(Clock);
                }
            }
        }
    }

    private static void RunUntil(UdpSocketGroup group, Func<bool> condition)
    {
        var deadline = Clock.Now + Patience;
        while (!condition())
        {
            Assert.True(Clock.Now < deadline, "what was sent did not come");
            group.Wait(TimeSpan.FromMilliseconds(100));
            group.Receive(Clock);
        }
    }

    private sealed class Recorder : DatagramReceiver
    {
        public List<byte[]> Datagrams { get; } = [];

        public List<NetworkPath> Paths { get; } = [];

        public NetworkPath Last => Paths[^1];

        public override void Receive(Timestamp now, Span<byte> datagram, in NetworkPath path)
        {
            Datagrams.Add(datagram.ToArray());
            Paths.Add(path);
        }

        public void Clear()
        {
            Datagrams.Clear();
            Paths.Clear();
        }
    }

    private sealed class Counter : DatagramReceiver
    {
        public int Count { get; private set; }

        public override void Receive(Timestamp now, Span<byte> datagram, in NetworkPath path) => Count++;
    }
}
