using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Testing;
using MediaRelay.Transport.Tests.Linux;

namespace MediaRelay.Transport.Tests;

/// <summary>What one turn of a loop does, on a clock that only the test moves.</summary>
public sealed class DatagramLoopTurnTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly LoopClock _clock;
    private readonly LeakCheckingPacketPool _pool = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly UdpSocket _socket = UdpPort.Open(
        new IPEndPoint(IPAddress.Loopback, 0), 1, new UdpSocketOptions { BufferBytes = SocketKinds.BufferBytes })[0];
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));

    public DatagramLoopTurnTests() => _clock = new LoopClock(_time);

    public void Dispose()
    {
        _client.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Turn_ManyWait_AllAreHandedOverBeforeProcess()
    {
        const int Waiting = 300;
        Send(Waiting);
        var handler = new RecordingHandler();
        Run(handler, () => handler.Turns.Take());
        Assert.Equal(Waiting, handler.FirstTurn);
    }

    [LinuxFact]
    public void Turn_MoreThanItsBound_ProcessesInBetweenAndTakesTheRestAtOnce()
    {
        const int Waiting = DatagramLoop.MaxReceivePerTurn + 500;
        using (var sender = UdpSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions { MaxSegments = 60 }))
        {
            // Bursts of 60, so that the bound falls between two segments of one.
            var path = new NetworkPath(default, TransportAddress.FromIPEndPoint(_socket.LocalEndPoint));
            for (var i = 0; i < Waiting; i++)
            {
                sender.Writer.Reserve(path, 10).Clear();
                sender.Writer.Commit(10);
            }

            sender.Flush();
        }

        var handler = new RecordingHandler();
        var turns = new List<int>();
        Run(handler, () =>
        {
            while (turns.Sum() < Waiting)
            {
                Assert.True(handler.Turns.TryTake(out var count, Patience), "not all were handed over");
                turns.Add(count);
            }
        });
        Assert.Equal([DatagramLoop.MaxReceivePerTurn, 500], turns);
    }

    [Fact]
    public void Lag_ProcessTakesTime_IsThatTimeForLaterReadersAndForThoseInBetween()
    {
        var handler = new RecordingHandler();
        DatagramLoop? loop = null;
        var (during, after) = (TimeSpan.Zero, TimeSpan.Zero);
        handler.OnProcess = received =>
        {
            if (received == 1 && during == TimeSpan.Zero)
            {
                _time.Advance(TimeSpan.FromMilliseconds(7));
                during = loop!.Lag(_clock.Now);
            }
            else if (received == 1)
            {
                after = loop!.Lag(_clock.Now);
            }
        };
        Run(handler, () =>
        {
            Send(1);
            TakeTurnWith(handler, 1);
            Send(1);
            TakeTurnWith(handler, 1);
        }, started => loop = started);
        Assert.Equal((TimeSpan.FromMilliseconds(7), TimeSpan.FromMilliseconds(7)), (during, after));
    }

    [Fact]
    public void HandleDatagram_Throws_TheRestOfTheBatchIsReturned()
    {
        Send(20);
        var handler = new RecordingHandler { ThrowOnDatagram = 5 };
        Run(handler, () =>
        {
            // The turn that failed does not process; the next one shows that the loop goes on.
            handler.Turns.Take();
            Send(1);
            TakeTurnWith(handler, 1);
        });
        Assert.IsType<InvalidOperationException>(Assert.Single(_faults));
    }

    private static void TakeTurnWith(RecordingHandler handler, int datagrams)
    {
        int received;
        do
        {
            Assert.True(handler.Turns.TryTake(out received, Patience), "what was sent was not handed over");
        }
        while (received != datagrams);
    }

    private void Send(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _client.Send([(byte)i], 1, _socket.LocalEndPoint);
        }
    }

    private void Run(RecordingHandler handler, Action test, Action<DatagramLoop>? onStart = null)
    {
        using var loop = new DatagramLoop("loop", _socket, handler, _clock, _pool, _faults.Enqueue);
        onStart?.Invoke(loop);
        loop.Start();
        test();
    }

    private sealed class RecordingHandler : DatagramLoopHandler
    {
        private int _received;
        private int _total;

        public BlockingCollection<int> Turns { get; } = [];

        public int FirstTurn { get; private set; } = -1;

        public int ThrowOnDatagram { get; init; } = -1;

        public Action<int>? OnProcess { get; set; }

        public override Timestamp NextTimeout => Timestamp.Never;

        public override void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path)
        {
            datagram.Dispose();
            _received++;
            if (_total++ == ThrowOnDatagram)
            {
                throw new InvalidOperationException("as the test wants");
            }
        }

        public override void Process(Timestamp now, NtpTime wallClock, DatagramWriter output)
        {
            FirstTurn = FirstTurn < 0 ? _received : FirstTurn;
            OnProcess?.Invoke(_received);
            Turns.Add(_received);
            _received = 0;
        }
    }
}
