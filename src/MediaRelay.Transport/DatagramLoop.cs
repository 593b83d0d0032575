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
    private readonly LagMeter _lag = new();
    private volatile bool _stopping;
    private long _busyNanoseconds;
    private long _longestTurnNanoseconds;
    private long _turns;

    // Since when a datagram can be waiting, in nanoseconds; never while the loop sleeps, because then it is taken at once.
    private long _awaySince = long.MaxValue;
    private Timestamp _seenEmpty;
    private bool _isEmptied = true;

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

    /// <summary>
    /// How long a datagram that arrived within the last quarter of a second can have waited before the loop looked: the time from the
    /// moment when the receive queue was last seen empty to the next receive step, also of the turn that runs at <paramref name="now"/>.
    /// Any thread; nothing is reset by reading.
    /// </summary>
    public TimeSpan Lag(Timestamp now)
    {
        var awaySince = new Timestamp(Interlocked.Read(ref _awaySince));
        var running = now > awaySince ? now - awaySince : TimeSpan.Zero;
        return running > _lag.Longest ? running : _lag.Longest;
    }

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
        var started = Wait();
        _isEmptied = ReceiveAll(started);
        var now = _clock.Now;
        if (_isEmptied)
        {
            SetSeenEmpty(now);
        }

        _handler.Process(now, _clock.WallClock(now), Socket.Writer);
        Socket.Flush();
        var ended = _clock.Now;
        _handler.HandleFlushed(ended);
        _lag.Record(ended, ended - _seenEmpty);
        Count(ended.Nanoseconds - started.Nanoseconds);
    }

    /// <summary>Waits until there is something to do; returns when that was.</summary>
    private Timestamp Wait()
    {
        var now = _clock.Now;
        var wait = _handler.NextTimeout - now;
        if (!_isEmptied || wait <= TimeSpan.Zero)
        {
            Socket.Wait(TimeSpan.Zero);
            return now;
        }

        wait = wait < LongestWait ? wait : LongestWait;
        Interlocked.Exchange(ref _awaySince, long.MaxValue);
        Socket.Wait(wait);
        var woken = _clock.Now;

        // Who wakes later than asked for got no processor; a datagram can have waited since then.
        SetSeenEmpty(Timestamp.Min(woken, now + wait));
        return woken;
    }

    private void SetSeenEmpty(Timestamp now)
    {
        _seenEmpty = now;
        Interlocked.Exchange(ref _awaySince, now.Nanoseconds);
    }

    /// <summary>Hands the handler what has arrived; true when the queue was empty then, false when it was left for the time.</summary>
    private bool ReceiveAll(Timestamp started)
    {
        var total = 0;
        var now = started;
        while (total < MaxReceivePerTurn && now - started < MaxReceiveTime)
        {
            var count = Socket.Receive(_clock, _pool, _buffers, _paths);
            HandOver(now, count);
            total += count;
            if (count < UdpSocket.ReceiveBatch)
            {
                return true;
            }

            now = _clock.Now;
        }

        return false;
    }

    private void HandOver(Timestamp now, int count)
    {
        var i = 0;
        try
        {
            while (i < count)
            {
                var buffer = _buffers[i]!;
                _handler.HandleDatagram(now, buffer, _paths[i++]);
            }
        }
        finally
        {
            // The handler threw: what it did not get is lost, but not its memory.
            for (; i < count; i++)
            {
                _buffers[i]!.Dispose();
            }

            Array.Clear(_buffers, 0, count);
        }
    }

    private void Count(long spentNanoseconds)
    {
        Interlocked.Add(ref _busyNanoseconds, spentNanoseconds);
        Interlocked.Increment(ref _turns);
        if (spentNanoseconds > Interlocked.Read(ref _longestTurnNanoseconds))
        {
            Interlocked.Exchange(ref _longestTurnNanoseconds, spentNanoseconds);
        }
    }
}
