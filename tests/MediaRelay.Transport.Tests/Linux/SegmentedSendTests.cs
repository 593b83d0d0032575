using System.Net;
using MediaRelay.Protocols.Network;
using MediaRelay.Transport.Linux;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>What the other side sees, and into how many messages neighbouring datagrams were put.</summary>
public sealed class SegmentedSendTests
{
    [LinuxTheory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    public void Commit_EquallyLongForOnePath_ArriveAsDatagramsOfOneMessage(string bind, string address)
    {
        using var socket = Open(bind);
        using var receiver = new PlainReceiver(IPAddress.Parse(address));
        var path = Path(receiver, local: address);
        var sent = Write(socket, path, 1_100, 1_100, 1_100, 1_100, 1_100, 700);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(6));
        Assert.Equal((6L, 1L, 1L, 6L), (socket.DatagramsSent, socket.MessagesSent, socket.SendCalls, socket.SegmentedDatagrams));
        Assert.Equal(sent.Sum(datagram => datagram.Length), socket.BytesSent);
    }

    [LinuxTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Commit_EquallyLongForOnePath_ReachABurstReceiverInOnePiece(string address)
    {
        using var socket = Open(address);
        using var receiver = new PlainReceiver(IPAddress.Parse(address), takesBursts: true);
        var sent = Write(socket, Path(receiver), 900, 900, 900, 20);
        socket.Flush();
        Assert.Equal(sent.SelectMany(datagram => datagram), receiver.Receive());
        Assert.Equal(0, receiver.Available);
    }

    [LinuxFact]
    public void Commit_ShorterOne_ClosesTheMessage()
    {
        using var socket = Open("127.0.0.1");
        using var receiver = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        var sent = Write(socket, Path(receiver), 500, 500, 400, 400, 400, 500, 300);
        socket.Flush();
        Assert.Equal(
            [[.. sent[0], .. sent[1], .. sent[2]], [.. sent[3], .. sent[4]], [.. sent[5], .. sent[6]]],
            receiver.Receive(3));
        Assert.Equal((7L, 3L, 1L), (socket.DatagramsSent, socket.MessagesSent, socket.SendCalls));
    }

    [LinuxFact]
    public void Commit_OtherPeerOrOtherLocalAddress_StartsAnotherMessage()
    {
        using var socket = Open("0.0.0.0");
        using var first = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        using var second = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        var toFirst = Write(socket, Path(first, local: "127.0.0.1"), 100, 100);
        var toSecond = Write(socket, Path(second, local: "127.0.0.1"), 100, 100);
        var fromElsewhere = Write(socket, Path(second, local: "127.0.0.9"), 100, 100);
        socket.Flush();
        Assert.Equal(Joined(toFirst), first.Receive());
        Assert.Equal([Joined(toSecond), Joined(fromElsewhere)], second.Receive(2));
        Assert.Equal(3, socket.MessagesSent);
    }

    [LinuxFact]
    public void Commit_WithoutBytes_IsADatagramOfItsOwn()
    {
        using var socket = Open("127.0.0.1");
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        var sent = Write(socket, Path(receiver), 10, 0, 0, 10);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(4));
        Assert.Equal((4L, 0L), (socket.MessagesSent, socket.SegmentedDatagrams));
    }

    [LinuxFact]
    public void Commit_MoreThan64_AreCutInto64EachAtMost()
    {
        using var socket = Open("127.0.0.1");
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        var sent = Write(socket, Path(receiver), [.. Enumerable.Repeat(200, 150)]);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(150));
        Assert.Equal((150L, 3L, 0L), (socket.DatagramsSent, socket.MessagesSent, socket.SegmentationFailures));
    }

    [LinuxFact]
    public void Commit_MoreThanAUdpDatagramHolds_AreCutBefore65000Bytes()
    {
        using var socket = Open("127.0.0.1");
        using var receiver = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        var sent = Write(socket, Path(receiver), [.. Enumerable.Repeat(1_300, 60)]);
        socket.Flush();
        Assert.Equal([Joined(sent[..50]), Joined(sent[50..])], receiver.Receive(2)); // 50 × 1,300 is 65,000
        Assert.Equal((60L, 0L), (socket.DatagramsSent, socket.SegmentationFailures));
    }

    [LinuxTheory]
    [InlineData(1, 6, 0)]
    [InlineData(2, 3, 6)]
    [InlineData(4, 2, 6)]
    public void Commit_MaxSegments_BoundsAMessage(int maxSegments, int messages, int segmented)
    {
        using var socket = Open("127.0.0.1", new UdpSocketOptions { MaxSegments = maxSegments });
        using var receiver = new PlainReceiver(IPAddress.Loopback);
        var sent = Write(socket, Path(receiver), 300, 300, 300, 300, 300, 300);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(6));
        Assert.Equal((messages, segmented), (socket.MessagesSent, socket.SegmentedDatagrams));
    }

    [LinuxFact]
    public void Commit_SwitchedOff_EachIsAMessage()
    {
        using var socket = Open("127.0.0.1", new UdpSocketOptions { Segmentation = false });
        using var receiver = new PlainReceiver(IPAddress.Loopback, takesBursts: true);
        var sent = Write(socket, Path(receiver), 300, 300, 300);
        socket.Flush();
        Assert.Equal(sent, receiver.Receive(3));
        Assert.Equal((3L, 0L, false, false), (socket.MessagesSent, socket.SegmentedDatagrams, socket.IsSegmenting, socket.TakesBursts));
    }

    [LinuxFact]
    public void Reserve_BatchIsFull_TheRestFollowsInOrder()
    {
        using var socket = Open("127.0.0.1");
        var receivers = Enumerable.Range(0, 5).Select(_ => new PlainReceiver(IPAddress.Loopback)).ToList();

        // 360 kB, more than a batch holds.
        var sent = receivers.ConvertAll(receiver => Write(socket, Path(receiver), [.. Enumerable.Repeat(1_200, 60)]));
        Assert.InRange(socket.DatagramsSent, 1, 299);
        socket.Flush();
        Assert.Equal(sent, receivers.ConvertAll(receiver => receiver.Receive(60)));
        receivers.ForEach(receiver => receiver.Dispose());
    }

    [LinuxFact]
    public void Commit_MoreThanReserved_Throws()
    {
        using var socket = Open("127.0.0.1");
        var path = new NetworkPath(default, TransportAddress.FromIPv4(0x7F000001, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => socket.Writer.Reserve(path, 1_985).Length);
        socket.Writer.Reserve(path, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => socket.Writer.Commit(11));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void MaxSegments_OutOfRange_Throws(int maxSegments) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UdpSocketOptions { MaxSegments = maxSegments });

    internal static NetworkPath Path(PlainReceiver receiver, string? local = null) => new(
        local is null ? default : TransportAddress.From(IPAddress.Parse(local), 0), TransportAddress.FromIPEndPoint(receiver.EndPoint));

    /// <summary>Writes datagrams of these lengths with different bytes, and returns them.</summary>
    internal static List<byte[]> Write(UdpSocket socket, in NetworkPath path, params ReadOnlySpan<int> lengths)
    {
        var random = new Random(lengths.Length);
        var datagrams = new List<byte[]>();
        foreach (var length in lengths)
        {
            var datagram = new byte[length];
            random.NextBytes(datagram);
            datagram.CopyTo(socket.Writer.Reserve(path, 1_500));
            socket.Writer.Commit(length);
            datagrams.Add(datagram);
        }

        return datagrams;
    }

    private static byte[] Joined(IEnumerable<byte[]> datagrams) => [.. datagrams.SelectMany(datagram => datagram)];

    private static LinuxUdpSocket Open(string bind, UdpSocketOptions? options = null) =>
        new(new IPEndPoint(IPAddress.Parse(bind), 0), options ?? new UdpSocketOptions());
}
