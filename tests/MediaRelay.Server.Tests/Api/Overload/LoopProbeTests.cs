using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overload;
using MediaRelay.Testing;
using MediaRelay.Transport;

namespace MediaRelay.Server.Tests.Api.Overload;

/// <summary>A loop whose socket has next to no receive queue, and which never comes to read it.</summary>
public sealed class LoopProbeTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly ManualTime _time = new();
    private readonly DatagramLoop _loop;
    private readonly LoopProbe _probe;
    private readonly UdpClient _sender = new(new IPEndPoint(IPAddress.Loopback, 0));

    public LoopProbeTests()
    {
        var pool = new PacketPool();
        var socket = UdpSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions { BufferBytes = 1 });
        _loop = new DatagramLoop("loop", socket, new IdleHandler(), new LoopClock(_time), pool, static _ => { });
        _probe = new LoopProbe(_loop, new RelayShard(0, pool, new SessionDirectory(), static (_, _) => { }), _time.Now);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public void Look_KernelDroppedWhatCame_CountsItOnce()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // nothing else tells
        }

        Assert.Equal(0, Look().Dropped);
        Flood();
        var dropped = Look().Dropped;
        Assert.InRange(dropped, 1, 100);
        Assert.Equal(_loop.Socket.ReceiveQueueDrops, dropped);
        Assert.Equal(0, Look().Dropped);
    }

    [Fact]
    public void Look_KernelDropsInTwoLooksOfAWindow_ViewersAreRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // nothing else tells
        }

        var guard = new OverloadGuard(new OverloadOptions { Grace = TimeSpan.Zero });
        for (var i = 0; i < 15; i++)
        {
            guard.Add(_time.Now, Idle(Look()));
        }

        Flood();
        guard.Add(_time.Now, Idle(Look()));
        guard.Add(_time.Now, Idle(Look()));
        Assert.Equal(OverloadLevel.None, guard.Level);
        Flood();
        guard.Add(_time.Now, Idle(Look()));
        Assert.Equal(OverloadLevel.RefuseJoins, guard.Level);

        // It has time otherwise: only the drops speak.
        static LoopPressure Idle(LoopPressure pressure) => pressure with { Processor = 0.4, Occupied = 0.4, Lag = TimeSpan.Zero };
    }

    private LoopPressure Look()
    {
        _time.Advance(Tick);
        return _probe.Look(_time.Now);
    }

    private void Flood()
    {
        for (var i = 0; i < 100; i++)
        {
            _sender.Send(new byte[1_000], 1_000, _loop.Socket.LocalEndPoint);
        }
    }

    private sealed class IdleHandler : DatagramLoopHandler
    {
        public override Timestamp NextTimeout => Timestamp.Never;

        public override void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path) => datagram.Dispose();

        public override void Process(Timestamp now, NtpTime wallClock, DatagramWriter output)
        {
        }
    }
}
