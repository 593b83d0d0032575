using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport.Tests;

public sealed class DatagramLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Loops_ManyOnOnePort_EachPeerIsAnsweredByOneOfThem()
    {
        const int Clients = 64;
        var loops = OperatingSystem.IsLinux() ? 4 : 1;
        var pool = new PacketPool();
        var clock = new LoopClock(TimeProvider.System);
        var faults = new ConcurrentQueue<Exception>();
        var handlers = Enumerable.Range(0, loops).Select(i => new EchoHandler((byte)i)).ToList();
        var running = UdpPort.Open(new IPEndPoint(IPAddress.Loopback, 0), loops, new UdpSocketOptions())
            .Select((socket, i) => new DatagramLoop($"loop-{i}", socket, handlers[i], clock, pool, faults.Enqueue))
            .ToList();
        running.ForEach(loop => loop.Start());
        var port = running[0].Socket.LocalEndPoint;
        var clients = Enumerable.Range(0, Clients).Select(_ => new UdpClient(new IPEndPoint(IPAddress.Loopback, 0))).ToList();
        try
        {
            var seen = new HashSet<byte>();
            foreach (var client in clients)
            {
                client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                byte? owner = null;
                for (byte i = 0; i < 5; i++)
                {
                    client.Send([i, 0], 2, port);
                    var from = new IPEndPoint(IPAddress.Any, 0);
                    var answer = client.Receive(ref from);
                    Assert.Equal((i, port), (answer[0], from));
                    owner ??= answer[1];
                    Assert.Equal(owner, answer[1]);
                }

                seen.Add(owner!.Value);
            }

            // 64 addresses on four sockets: that one gets none has a chance of one in a hundred million.
            Assert.Equal(loops, seen.Count);
            Assert.Empty(faults);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            running.ForEach(loop => loop.Dispose());
        }

        Assert.All(running, loop => Assert.NotEqual(0, loop.Turns));
    }

    [Fact]
    public void Process_HandlerThrows_IsReportedAndTheLoopGoesOn()
    {
        var faults = new BlockingCollection<Exception>();
        var socket = UdpPort.Open(new IPEndPoint(IPAddress.Loopback, 0), 1, new UdpSocketOptions())[0];
        var handler = new EchoHandler(0) { ThrowOn = 66 };
        using var loop = new DatagramLoop("loop", socket, handler, new LoopClock(TimeProvider.System), new PacketPool(), faults.Add);
        loop.Start();
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        client.Send([66, 0], 2, socket.LocalEndPoint);
        Assert.True(faults.TryTake(out var fault, Patience));
        Assert.IsType<InvalidOperationException>(fault);
        client.Send([67, 0], 2, socket.LocalEndPoint);
        var from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(67, client.Receive(ref from)[0]);
    }

    private sealed class EchoHandler(byte index) : DatagramLoopHandler
    {
        private readonly Queue<(PacketBuffer Datagram, NetworkPath Path)> _waiting = new();

        public byte ThrowOn { get; init; }

        public override Timestamp NextTimeout => Timestamp.Never;

        public override void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path) => _waiting.Enqueue((datagram, path));

        public override void Process(Timestamp now, NtpTime wallClock, DatagramWriter output)
        {
            while (_waiting.TryDequeue(out var next))
            {
                using var datagram = next.Datagram;
                if (ThrowOn != 0 && datagram.Span[0] == ThrowOn)
                {
                    throw new InvalidOperationException("as the test wants");
                }

                var space = output.Reserve(next.Path, 2);
                space[0] = datagram.Span[0];
                space[1] = index;
                output.Commit(2);
            }
        }
    }
}
