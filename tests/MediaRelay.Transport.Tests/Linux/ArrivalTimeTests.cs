using System.Net;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;

namespace MediaRelay.Transport.Tests.Linux;

/// <summary>Datagrams carry the time at which they reached the machine, not the one at which somebody looked.</summary>
public sealed class ArrivalTimeTests : IDisposable
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // The wall clock may run a little slower or faster than the monotonic one while it is being adjusted.
    private static readonly TimeSpan Slew = TimeSpan.FromMilliseconds(1);

    private readonly LeakCheckingPacketPool _pool = new();
    private readonly UdpSocket _socket = UdpSocket.Open(Loopback, new UdpSocketOptions { BufferBytes = SocketKinds.BufferBytes });
    private readonly UdpSocket _sender = UdpSocket.Open(Loopback, new UdpSocketOptions());
    private readonly UdpSocket _nobody = UdpSocket.Open(Loopback, new UdpSocketOptions());

    public void Dispose()
    {
        _sender.Dispose();
        _nobody.Dispose();
        _socket.Dispose();
        _pool.Dispose();
    }

    [LinuxFact]
    public void Receive_DatagramsThatCameApart_HaveTheirOwnTimesInOneBatch()
    {
        WarmUp();
        var sent = new List<(Timestamp From, Timestamp To)>();
        for (var i = 0; i < 5; i++)
        {
            var from = SocketKinds.Clock.Now;
            Send(1);
            sent.Add((from, SocketKinds.Clock.Now));
            _nobody.Wait(Pause);
        }

        var arrivals = Receive();
        Assert.Equal(sent.Count, arrivals.Count);
        for (var i = 1; i < sent.Count; i++)
        {
            var apart = arrivals[i] - arrivals[i - 1];
            Assert.InRange(apart, sent[i].From - sent[i - 1].To - Slew, sent[i].To - sent[i - 1].From + Slew);
            Assert.InRange(apart, Pause - Slew, Patience);
        }

        Assert.All(arrivals, arrival => Assert.True(arrival <= SocketKinds.Clock.Now));
    }

    [LinuxFact]
    public void Receive_Burst_HasOneTime()
    {
        WarmUp();
        Send(1);
        _nobody.Wait(Pause);
        Send(5);
        var arrivals = Receive();
        Assert.Equal(6, arrivals.Count);
        Assert.Single(arrivals.Skip(1).Distinct());
        Assert.InRange(arrivals[1] - arrivals[0], Pause - Slew, Patience);
    }

    [Fact]
    public void Receive_NoTimeFromTheSystem_SaysSo()
    {
        using var socket = SocketKinds.Open(SocketKinds.Managed, Loopback);
        _sender.Writer.Reserve(new NetworkPath(default, TransportAddress.FromIPEndPoint(socket.LocalEndPoint)), 1).Clear();
        _sender.Writer.Commit(1);
        _sender.Flush();
        var now = SocketKinds.Clock.Now;
        using var buffer = ReceiveOne(socket);
        Assert.Equal(Timestamp.Never, buffer.ArrivedAt);
        Assert.Equal(now, buffer.ArrivalOr(now));
    }

    /// <summary>The kernel begins to stamp a moment after the first socket asked for it; until then reading is the arrival.</summary>
    private void WarmUp()
    {
        var deadline = SocketKinds.Clock.Now + Patience;
        while (true)
        {
            Send(1);
            var sent = SocketKinds.Clock.Now;
            _nobody.Wait(Pause);
            if (Receive()[0] < sent + (Pause / 2))
            {
                return;
            }

            Assert.True(SocketKinds.Clock.Now < deadline, "the kernel does not stamp");
        }
    }

    private void Send(int datagrams)
    {
        var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(_socket.LocalEndPoint));
        for (var i = 0; i < datagrams; i++)
        {
            _sender.Writer.Reserve(path, 100).Clear();
            _sender.Writer.Commit(100);
        }

        _sender.Flush();
    }

    /// <summary>When what waits arrived.</summary>
    private List<Timestamp> Receive()
    {
        var buffers = new PacketBuffer?[UdpSocket.ReceiveBatch];
        var count = _socket.Receive(SocketKinds.Clock, _pool, buffers, new NetworkPath[UdpSocket.ReceiveBatch]);
        var arrivals = new List<Timestamp>();
        foreach (var buffer in buffers[..count])
        {
            arrivals.Add(buffer!.ArrivedAt);
            buffer.Dispose();
        }

        return arrivals;
    }

    private PacketBuffer ReceiveOne(UdpSocket socket)
    {
        var buffers = new PacketBuffer?[1];
        var paths = new NetworkPath[1];
        var deadline = SocketKinds.Clock.Now + Patience;
        while (socket.Receive(SocketKinds.Clock, _pool, buffers, paths) == 0)
        {
            Assert.True(SocketKinds.Clock.Now < deadline, "nothing came");
            socket.Wait(Pause);
        }

        return buffers[0]!;
    }
}
