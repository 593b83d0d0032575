using System.Collections.Concurrent;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Shards;

/// <summary>
/// The relay's work on one loop: its sessions, the feeds that live here and the loop's part of the others. Everything but the members
/// that say "any thread" is called on the loop's thread. A turn is: <see cref="HandleDatagram"/> for all that waits, then one
/// <see cref="Process"/>.
/// </summary>
public sealed class RelayShard
{
    // What other loops hand over is bounded; past this a packet is dropped and counted, like on a full network queue.
    private const int MaxHandOvers = 32_768;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<TransportAddress, PeerSession> _byAddress = [];
    private readonly List<PeerSession> _sessions = [];
    private readonly List<PeerSession> _touched = [];
    private readonly ConcurrentQueue<Action<Timestamp>> _commands = new();
    private readonly ConcurrentQueue<HandOver> _handOvers = new();
    private readonly List<Feed> _feeds = [];
    private readonly List<FeedFanout> _fanouts = [];
    private readonly List<FeedFanout> _pendingFanouts = [];
    private readonly SessionDirectory _directory;
    private readonly Action<PeerSession, Exception> _onFault;
    private readonly Queue<(PeerSession Session, Timestamp Deadline)> _unclaimed = new();
    private int _handOverCount;
    private Timestamp _wallClockAt = Timestamp.Zero;
    private Timestamp _nextSweep = Timestamp.Zero;
    private Action _wake = () => { };

    public RelayShard(int index, PacketPool pool, SessionDirectory directory, Action<PeerSession, Exception> onFault)
    {
        Index = index;
        Pool = pool;
        _directory = directory;
        _onFault = onFault;
        Peers = [this];
    }

    public int Index { get; }

    public PacketDrops Drops { get; } = new();

    public RelayCounters Counters { get; } = new();

    /// <summary>Sessions that this loop owns; any thread.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Hand-overs that wait; any thread. The bound is 32,768.</summary>
    public int HandOverBacklog => Volatile.Read(ref _handOverCount);

    public Timestamp NextTimeout =>
        !_commands.IsEmpty || !_handOvers.IsEmpty ? Timestamp.Zero :
        _sessions.Count == 0 && _feeds.Count == 0 && _unclaimed.Count == 0 ? Timestamp.Never : _nextSweep;

    internal PacketPool Pool { get; }

    /// <summary>All shards by index, this one among them.</summary>
    internal RelayShard[] Peers { get; private set; }

    /// <summary>The wall clock when this turn's <see cref="Process"/> began.</summary>
    internal NtpTime WallClock { get; private set; }

    /// <summary>Makes the loops known to each other; before they start.</summary>
    public static void Connect(RelayShard[] shards, Func<int, Action> wakeOf)
    {
        foreach (var shard in shards)
        {
            shard.Peers = shards;
            shard._wake = wakeOf(shard.Index);
        }
    }

    /// <summary>Runs a command on this loop's thread, in order of posting; any thread.</summary>
    public void Run(Action<Timestamp> command)
    {
        _commands.Enqueue(command);
        _wake();
    }

    /// <summary>Takes one datagram; the buffer belongs to the shard.</summary>
    public void HandleDatagram(Timestamp now, PacketBuffer datagram, in NetworkPath path)
    {
        if (_byAddress.TryGetValue(path.Remote, out var session))
        {
            Route(now, session, datagram, path);
            return;
        }

        var bytes = datagram.Span;
        if (bytes.IsEmpty || bytes[0] > 3)
        {
            Drops.Count(!bytes.IsEmpty && bytes[0] is >= 20 and <= 63 ? DropReason.DtlsBeforeStun : DropReason.UnknownAddress);
            datagram.Dispose();
            return;
        }

        if (!IceUsername.TryReadLocalUfrag(bytes, out var ufrag))
        {
            Drops.Count(DropReason.StunMalformed);
            datagram.Dispose();
            return;
        }

        if (!_directory.TryFind(ufrag, out session) || session is null)
        {
            Drops.Count(DropReason.StunUnknownUser);
            datagram.Dispose();
            return;
        }

        // Only an authenticated check may claim a session or bind an address to it. The check is pure, so it may run before it is
        // known which loop owns the session.
        if (!session.IsAuthentic(bytes))
        {
            Drops.Count(DropReason.StunUnauthenticated);
            datagram.Dispose();
            return;
        }

        if (session.TryClaim(this))
        {
            _sessions.Add(session);
            session.Guard(now, static (s, at) => s.OnClaimed(at));
        }

        if (session.TryBind(this, path.Remote))
        {
            _byAddress[path.Remote] = session;
        }

        Route(now, session, datagram, path);
    }

    /// <summary>Runs commands, hand-overs, fan-out and timers, and writes what is to be sent.</summary>
    public void Process(Timestamp now, NtpTime wallClock, DatagramWriter output)
    {
        WallClock = wallClock;
        _wallClockAt = now;
        RunCommands(now);
        TakeHandOvers(now);

        // Handshakes before media: a viewer that has just connected needs our last DTLS flight before it can decrypt anything.
        FlushTouched(now, output);
        FlushFanouts(now, output);
        if (now >= _nextSweep)
        {
            Sweep(now, output);
            FlushFanouts(now, output);
            _nextSweep = now + SweepInterval;
        }

        FlushTouched(now, output);
    }

    /// <summary>The wall clock at a time close to this turn.</summary>
    internal NtpTime WallClockAt(Timestamp now) => WallClock.AddNanoseconds(now.Nanoseconds - _wallClockAt.Nanoseconds);

    /// <summary>Ends a session that no check has reached by the deadline.</summary>
    internal void Await(PeerSession session, Timestamp deadline) => _unclaimed.Enqueue((session, deadline));

    /// <summary>Posts a packet from another loop; any thread.</summary>
    internal void Post(in HandOver handOver)
    {
        if (Interlocked.Increment(ref _handOverCount) > MaxHandOvers)
        {
            Interlocked.Decrement(ref _handOverCount);
            Counters.CountHandOverDropped();
            handOver.Buffer?.Dispose();
            return;
        }

        _handOvers.Enqueue(handOver);
        _wake();
    }

    /// <summary>
    /// Adds a source to a feed before any packet that this loop passes afterwards: at once when the feed lives here, else ahead of them
    /// in the other loop's order of work.
    /// </summary>
    internal void AddSource(Feed feed, FeedSource source)
    {
        if (feed.Home == this)
        {
            feed.AddSource(source);
        }
        else
        {
            feed.Home.Run(_ => feed.AddSource(source));
        }
    }

    /// <summary>A packet of a source arrived on this loop.</summary>
    internal void PassToFeed(Timestamp now, Feed feed, FeedSource source, bool isVideo, PacketBuffer packet)
    {
        if (feed.Home == this)
        {
            feed.HandlePacket(now, source, isVideo, packet);
        }
        else
        {
            feed.Home.Post(HandOver.ForSource(feed, source, isVideo, packet));
        }
    }

    internal void PassMapping(Feed feed, FeedSource source, bool isVideo, CaptureMapping mapping)
    {
        if (feed.Home == this)
        {
            feed.HandleCaptureMapping(source, isVideo, mapping);
        }
        else
        {
            feed.Home.Run(_ => feed.HandleCaptureMapping(source, isVideo, mapping));
        }
    }

    internal void AddFeed(Feed feed) => _feeds.Add(feed);

    internal void RemoveFeed(Feed feed) => _feeds.Remove(feed);

    internal void AddFanout(FeedFanout fanout) => _fanouts.Add(fanout);

    internal void RemoveFanout(FeedFanout fanout)
    {
        _fanouts.Remove(fanout);
        _pendingFanouts.Remove(fanout);
    }

    internal void AddPending(FeedFanout fanout) => _pendingFanouts.Add(fanout);

    /// <summary>The session has something to write or read out; it is flushed at the end of the turn.</summary>
    internal void Touch(PeerSession session)
    {
        if (!session.IsTouched)
        {
            session.IsTouched = true;
            _touched.Add(session);
        }
    }

    internal void Forget(TransportAddress address) => _byAddress.Remove(address);

    private void Route(Timestamp now, PeerSession session, PacketBuffer datagram, in NetworkPath path)
    {
        if (session.Shard == this)
        {
            Receive(now, session, datagram, path);
        }
        else if (session.Shard is { } owner)
        {
            Counters.DatagramsForwarded++;
            owner.Post(HandOver.ForDatagram(session, datagram, path));
        }
        else
        {
            datagram.Dispose();
        }
    }

    private void Receive(Timestamp now, PeerSession session, PacketBuffer datagram, in NetworkPath path)
    {
        if (session.IsClosed)
        {
            datagram.Dispose();
            return;
        }

        try
        {
            session.Receive(now, datagram, path);
        }
        catch (Exception e)
        {
            Fault(now, session, e);
        }

        Touch(session);
    }

    private void RunCommands(Timestamp now)
    {
        // Only what waits now: a command that posts another one to this loop must not keep the turn from ending.
        for (var waiting = _commands.Count; waiting > 0 && _commands.TryDequeue(out var command); waiting--)
        {
            command(now);
        }
    }

    private void TakeHandOvers(Timestamp now)
    {
        for (var waiting = Volatile.Read(ref _handOverCount); waiting > 0 && _handOvers.TryDequeue(out var handOver); waiting--)
        {
            Interlocked.Decrement(ref _handOverCount);
            switch (handOver.What)
            {
                case HandOver.Kind.Datagram:
                    Receive(now, (PeerSession)handOver.Target, handOver.Buffer!, handOver.Path);
                    break;
                case HandOver.Kind.SourcePacket:
                    ((Feed)handOver.Target).HandlePacket(now, (FeedSource)handOver.Source!, handOver.IsVideo, handOver.Buffer!);
                    break;
                case HandOver.Kind.FeedPacket:
                    ((Feed)handOver.Target).FanoutOn(this).Enqueue(now, handOver.Packet);
                    handOver.Buffer!.Dispose();
                    break;
                case HandOver.Kind.Clock:
                    ((Feed)handOver.Target).FanoutOn(this).Clock = handOver.FeedClock;
                    break;
            }
        }
    }

    private void FlushFanouts(Timestamp now, DatagramWriter output)
    {
        foreach (var fanout in _pendingFanouts)
        {
            fanout.Flush(now, output);
        }

        _pendingFanouts.Clear();
    }

    private void Sweep(Timestamp now, DatagramWriter output)
    {
        while (_unclaimed.TryPeek(out var waiting) && (waiting.Session.Shard is not null || now >= waiting.Deadline))
        {
            _unclaimed.Dequeue();
            if (waiting.Session.TryClaim(this))
            {
                waiting.Session.Close(now, CloseReason.SetupTimeout);
                Touch(waiting.Session);
            }
        }

        foreach (var feed in _feeds)
        {
            feed.HandleTimeout(now);
        }

        foreach (var fanout in _fanouts)
        {
            fanout.HandleTimeout(now, output);
        }

        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            var session = _sessions[i];
            if (session.NextTimeout <= now)
            {
                session.Guard(now, static (s, at) => s.HandleTimeout(at));
                Touch(session);
            }

            if (session.IsClosed)
            {
                _sessions[i] = _sessions[^1];
                _sessions.RemoveAt(_sessions.Count - 1);
            }
        }
    }

    private void FlushTouched(Timestamp now, DatagramWriter output)
    {
        for (var i = 0; i < _touched.Count; i++)
        {
            var session = _touched[i];
            session.IsTouched = false;
            try
            {
                session.Flush(now, output);
            }
            catch (Exception e)
            {
                Fault(now, session, e);
            }
        }

        _touched.Clear();
    }

    /// <summary>A bug that showed with one peer costs that peer, not the loop.</summary>
    internal void Fault(Timestamp now, PeerSession session, Exception exception)
    {
        _onFault(session, exception);
        session.Close(now, CloseReason.InternalError);
    }
}
