using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport;

/// <summary>
/// One relay loop: a thread with its own socket on the shared port. A turn empties the receive queue (at most
/// <see cref="MaxReceivePerTurn"/> datagrams or <see cref="MaxReceiveTime"/>), lets the handler work and flushes what it wrote.
/// </summary>
public sealed class DatagramLoop : IDisposable
{
    public const int MaxReceivePerTurn = 2048;
    public static readonly TimeSpan MaxReceiveTime = TimeSpan.FromMilliseconds(2);

    // Without any timer the loop still turns now and then, so that a lost wake-up costs 100 ms and not for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly DatagramLoopHandler _handler;
    private readonly LoopClock _clock;
    private readonly PacketPool _pool;
    private readonly Action<Exception> _onFault;
    private readonly Thread _thread;
    private readonly PacketBuffer?[] _buffers = new PacketBuffer?[UdpSocket.ReceiveBatch];
    private readonly NetworkPath[] _paths = new NetworkPath[UdpSocket.ReceiveBatch];
    private volatile bool _stopping;
    private long _busyNanoseconds;
    private long _longestTurnNanoseconds;
    private long _turns;

    public DatagramLoop(
        string name, UdpSocket socket, DatagramLoopHandler handler, LoopClock clock, PacketPool pool, Action<Exception> onFault)
    {
        Socket = socket;
        _handler = handler;
        _clock = clock;
        _pool = pool;
        _onFault = onFault;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public UdpSocket Socket { get; }

    /// <summary>Time spent working, not waiting.</summary>
    public TimeSpan BusyTime => new(Interlocked.Read(ref _busyNanoseconds) / 100);

    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>The longest turn since this was last read: how late a datagram can have been handled.</summary>
    public TimeSpan TakeLongestTurn() => new(Interlocked.Exchange(ref _longestTurnNanoseconds, 0) / 100);

    public void Start() => _thread.Start();

    public void Wake() => Socket.Wake();

    public void Dispose()
    {
        _stopping = true;
        Socket.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        Socket.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                Turn();
            }
            catch (Exception e)
            {
                // The handler guards each peer; what arrives here is a bug of the loop itself. It is reported and the other
                // peers' media goes on.
                _onFault(e);
            }
        }
    }

    private void Turn()
    {
        var wait = _handler.NextTimeout - _clock.Now;
        if (wait > TimeSpan.Zero)
        {
            Socket.Wait(wait < LongestWait ? wait : LongestWait);
        }
        else
        {
            Socket.Wait(TimeSpan.Zero);
        }

        var started = _clock.Now;
        ReceiveAll(started);
        var now = _clock.Now;
        _handler.Process(now, _clock.WallClock(now), Socket.Writer);
        Socket.Flush();
        var spent = _clock.Now.Nanoseconds - started.Nanoseconds;
        Interlocked.Add(ref _busyNanoseconds, spent);
        Interlocked.Increment(ref _turns);
        if (spent > Interlocked.Read(ref _longestTurnNanoseconds))
        {
            Interlocked.Exchange(ref _longestTurnNanoseconds, spent);
        }
    }

    private void ReceiveAll(Timestamp started)
    {
        var total = 0;
        var now = started;
        while (total < MaxReceivePerTurn && now - started < MaxReceiveTime)
        {
            var count = Socket.Receive(_pool, _buffers, _paths);
            for (var i = 0; i < count; i++)
            {
                var buffer = _buffers[i]!;
                _buffers[i] = null;
                _handler.HandleDatagram(now, buffer, _paths[i]);
            }

            total += count;
            if (count < UdpSocket.ReceiveBatch)
            {
                return;
            }

            now = _clock.Now;
        }
    }
}
