using System.Collections.Concurrent;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Time;
using MediaRelay.Transport;
using MediaRelay.Transport.Groups;

namespace MediaRelay.Client.Loops;

/// <summary>
/// One thread that drives many client peers, each on a UDP port of its own: all talk to the same server address, so a port per peer is
/// what tells their datagrams apart without looking into them, and what the server's own load balancing sees in real life.
/// </summary>
public sealed class ClientLoop : IDisposable
{
    // Without any deadline the loop still turns now and then, so that a lost wake-up costs 100 ms and not for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly UdpSocketGroup _group;
    private readonly Action<Exception> _onFault;
    private readonly TimeSpan _turnInterval;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Action<Timestamp>> _commands = new();
    private readonly List<ClientPeer> _peers = [];
    private readonly List<ClientPeer> _touched = [];

    // Deadlines in peer order, so that looking for the due ones walks plain numbers: a microsecond for thousands.
    private long[] _deadlines = new long[64];
    private Timestamp _next = Timestamp.Zero;
    private volatile bool _stopping;
    private int _peerCount;
    private long _busyNanoseconds;
    private long _dropsOfClosed;
    private long _queueDrops;
    private Timestamp _nextDropCount = Timestamp.Zero;

    /// <param name="name">The thread's name.</param>
    /// <param name="clock">One for all loops whose peers compare times.</param>
    /// <param name="onFault">Hears of a bug, which costs the one peer it happened in; called on the loop's thread.</param>
    /// <param name="turnInterval">
    /// The least time between two turns. Zero wakes for every datagram; a millisecond lets many peers' datagrams share one turn, which
    /// saves CPU that a server on the same machine needs, and adds up to as much to what is measured.
    /// </param>
    /// <param name="takeBursts">See <see cref="UdpSocketGroup.Create"/>.</param>
    /// <param name="sendBursts">See <see cref="UdpSocketGroup.Create"/>.</param>
    public ClientLoop(
        string name, LoopClock clock, Action<Exception> onFault, TimeSpan turnInterval = default, bool takeBursts = false,
        bool sendBursts = false)
    {
        Clock = clock;
        _onFault = onFault;
        _turnInterval = turnInterval;
        _group = UdpSocketGroup.Create(takeBursts, sendBursts);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public LoopClock Clock { get; }

    /// <summary>Peers that are not closed.</summary>
    public int PeerCount => Volatile.Read(ref _peerCount);

    /// <summary>Time spent working, not waiting.</summary>
    public TimeSpan BusyTime => new(Interlocked.Read(ref _busyNanoseconds) / 100);

    public long DatagramsReceived => _group.DatagramsReceived;

    public long BytesReceived => _group.BytesReceived;

    public long DatagramsSent => _group.DatagramsSent;

    /// <summary>Of these, datagrams that left as part of a burst that the kernel cut.</summary>
    public long SegmentedDatagrams => _group.SegmentedDatagrams;

    public long SendErrors => _group.SendErrors;

    /// <summary>Datagrams that our own receive queues lost: we were too slow, not the server. At most a second old.</summary>
    public long QueueDrops => Interlocked.Read(ref _queueDrops);

    public void Start() => _thread.Start();

    /// <summary>Takes a peer that has its answer and starts it; any thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The process has no descriptors or ports left.</exception>
    public void Add(ClientPeer peer)
    {
        var socket = _group.Open(peer.BindAddress, peer.SocketBufferBytes, peer);
        Interlocked.Increment(ref _peerCount);
        Post(now => Adopt(now, peer, socket));
    }

    /// <summary>Runs a command on the loop's thread, in order of posting; any thread.</summary>
    public void Post(Action<Timestamp> command)
    {
        _commands.Enqueue(command);
        _group.Wake();
    }

    /// <summary>Stops the thread; peers that are left say goodbye and are closed.</summary>
    public void Dispose()
    {
        _stopping = true;
        _group.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        var now = Clock.Now;
        foreach (var peer in _peers)
        {
            peer.Stop(now);
        }

        _group.Flush();
        foreach (var peer in _peers)
        {
            Release(peer);
        }

        _peers.Clear();
        _group.Dispose();
    }

    /// <summary>One datagram's worth for what a peer writes; only used within one call.</summary>
    internal byte[] Scratch { get; } = new byte[PacketBuffer.MaxLength];

    /// <summary>The peer has something to do in this turn; on the loop's thread.</summary>
    internal void Touch(ClientPeer peer)
    {
        if (!peer.IsTouched)
        {
            peer.IsTouched = true;
            _touched.Add(peer);
        }
    }

    /// <summary>A bug, confined to one peer.</summary>
    internal void Report(Exception exception) => _onFault(exception);

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
                // Peers are guarded one by one; what arrives here is a bug of the loop itself. It is reported, the others go on.
                _onFault(e);
            }
        }
    }

    private void Turn()
    {
        // Between two turns the loop sleeps anyway. A wait for the sockets on top would make the sender's thread wake this one, packet for
        // packet: on one machine that is a cost of the server which no network card causes.
        var wait = _turnInterval > TimeSpan.Zero || !_commands.IsEmpty ? TimeSpan.Zero : _next - Clock.Now;
        _group.Wait(wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait);
        var started = Clock.Now;
        _group.Receive(Clock);
        while (_commands.TryDequeue(out var command))
        {
            command(Clock.Now);
        }

        var now = Clock.Now;
        TouchDue(now);
        ProcessTouched(now);
        _group.Flush();
        CountDrops(now);
        _next = Earliest();
        var spent = Clock.Now - started;
        Interlocked.Add(ref _busyNanoseconds, spent.Ticks * 100);
        if (spent < _turnInterval)
        {
            // Sleep takes whole milliseconds and rounds down: what is left of one millisecond would be no sleep at all, and the loop
            // would turn for every datagram after all.
            Thread.Sleep((int)Math.Ceiling((_turnInterval - spent).TotalMilliseconds));
        }
    }

    private void TouchDue(Timestamp now)
    {
        var deadlines = _deadlines.AsSpan(0, _peers.Count);
        for (var i = 0; i < deadlines.Length; i++)
        {
            if (deadlines[i] <= now.Nanoseconds)
            {
                Touch(_peers[i]);
            }
        }
    }

    private void ProcessTouched(Timestamp now)
    {
        var wallClock = Clock.WallClock(now);
        foreach (var peer in _touched)
        {
            peer.IsTouched = false;
            if (peer.Slot < 0)
            {
                continue;
            }

            Timestamp next;
            try
            {
                next = peer.Process(now, wallClock);
            }
            catch (Exception e)
            {
                _onFault(e);
                peer.Fail();
                next = now;
            }

            if (peer.IsFinished)
            {
                Remove(peer);
            }
            else
            {
                _deadlines[peer.Slot] = next.Nanoseconds;
            }
        }

        _touched.Clear();
    }

    private Timestamp Earliest()
    {
        var earliest = long.MaxValue;
        foreach (var deadline in _deadlines.AsSpan(0, _peers.Count))
        {
            earliest = Math.Min(earliest, deadline);
        }

        return new Timestamp(earliest);
    }

    private void Adopt(Timestamp now, ClientPeer peer, GroupSocket socket)
    {
        if (_peers.Count == _deadlines.Length)
        {
            Array.Resize(ref _deadlines, _deadlines.Length * 2);
        }

        peer.Slot = _peers.Count;
        _deadlines[peer.Slot] = now.Nanoseconds;
        _peers.Add(peer);
        peer.Begin(now, this, socket, TransportAddress.FromIPEndPoint(socket.LocalEndPoint));
    }

    private void Remove(ClientPeer peer)
    {
        var last = _peers.Count - 1;
        var moved = _peers[last];
        _peers[peer.Slot] = moved;
        _deadlines[peer.Slot] = _deadlines[last];
        moved.Slot = peer.Slot;
        _peers.RemoveAt(last);
        Release(peer);
    }

    private void Release(ClientPeer peer)
    {
        peer.Slot = -1;
        _dropsOfClosed += peer.Release();
        Interlocked.Decrement(ref _peerCount);
    }

    private void CountDrops(Timestamp now)
    {
        if (now < _nextDropCount)
        {
            return;
        }

        _nextDropCount = now + TimeSpan.FromSeconds(1);
        var drops = _dropsOfClosed;
        foreach (var peer in _peers)
        {
            drops += peer.QueueDrops;
        }

        Interlocked.Exchange(ref _queueDrops, drops);
    }
}
