using System.Collections.Concurrent;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Broadcasts;
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

    // Packets to viewers in one turn, about 5 ms of work: then the receive queue is emptied before it goes on.
    private const int FanoutBudget = 2_048;

    // Viewers who are given messages in one turn, about 2 ms of work, and of one room before the next one's turn.
    private const int BroadcastBudget = 128;
    private const int BroadcastShare = 32;

    // A room's share before the next one's: a small room waits for one share of each large one, not for all that they have.
    private const int FanoutShare = 256;

    // Deadlines are met on this grid, so that however many rooms wait for something, they wake the loop 200 times a second at most.
    private const long GridNanoseconds = 5_000_000;

    private readonly Dictionary<TransportAddress, PeerSession> _byAddress = [];
    private readonly SessionTimers _timers = new();

    // Reports wake nobody: with an interval of a second it makes no difference to a receiver when exactly one comes.
    private readonly SlotWheel<PeerSession> _reports = new(slotNanoseconds: 20_000_000, slots: 64);
    private readonly SweepSchedule _schedule = new();
    private readonly List<PeerSession> _touched = [];
    private readonly ConcurrentQueue<Action<Timestamp>> _commands = new();
    private readonly ConcurrentQueue<HandOver> _handOvers = new();
    private readonly List<Feed> _feeds = [];
    private readonly List<FeedFanout> _fanouts = [];
    private readonly List<Feed> _readyFeeds = [];
    private readonly List<Feed> _holdingFeeds = [];
    private readonly Queue<FeedFanout> _pendingFanouts = new();
    private readonly Queue<BroadcastRounds> _pendingRounds = new();
    private readonly List<Timestamp> _forwarded = [];
    private readonly SessionDirectory _directory;
    private readonly Action<PeerSession, Exception> _onFault;
    private readonly Queue<(PeerSession Session, Timestamp Deadline)> _unclaimed = new();
    private int _handOverCount;
    private int _sessionCount;
    private uint _postedTo;
    private Timestamp _wallClockAt = Timestamp.Zero;
    private bool _isSweepWanted;
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
    public int SessionCount => Volatile.Read(ref _sessionCount);

    /// <summary>Hand-overs that wait; any thread. The bound is 32,768.</summary>
    public int HandOverBacklog => Volatile.Read(ref _handOverCount);

    /// <summary>
    /// Hears, on this loop, how long a picture took from the arrival of its last packet until it had left for the last of the loop's
    /// viewers. Set before the loop starts.
    /// </summary>
    public Action<TimeSpan>? Forwarded { get; init; }

    public Timestamp NextTimeout
    {
        get
        {
            if (!_commands.IsEmpty || !_handOvers.IsEmpty || Volatile.Read(ref _isSweepWanted))
            {
                return Timestamp.Zero;
            }

            var next = NextOnGrid();
            foreach (var fanout in _pendingFanouts)
            {
                next = Timestamp.Min(next, fanout.NextFlush);
            }

            foreach (var round in _pendingRounds)
            {
                next = Timestamp.Min(next, round.NextFlush);
            }

            return next;
        }
    }

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
            _sessionCount++;
            session.IsCounted = true;
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
        EndHolds(now);

        // What other loops send is handed to them before this one starts.
        FlushFeeds(now);
        WakePosted();

        // Handshakes before media: a viewer that has just connected needs our last DTLS flight before it can decrypt anything.
        FlushTouched(now, output);
        if (Interlocked.Exchange(ref _isSweepWanted, false) || _schedule.IsDue(now) || _timers.NextDue <= now)
        {
            Sweep(now, output);
            FlushFeeds(now);
        }

        FlushFanouts(now, output);
        FlushRounds(now);
        FlushTouched(now, output);
        WakePosted();
    }

    /// <summary>What <see cref="Process"/> wrote has left.</summary>
    public void HandleFlushed(Timestamp now)
    {
        foreach (var receivedAt in _forwarded)
        {
            Forwarded?.Invoke(now - receivedAt);
        }

        _forwarded.Clear();
    }

    /// <summary>The wall clock at a time close to this turn.</summary>
    internal NtpTime WallClockAt(Timestamp now) => WallClock.AddNanoseconds(now.Nanoseconds - _wallClockAt.Nanoseconds);

    /// <summary>Ends a session that no check has reached by the deadline.</summary>
    internal void Await(PeerSession session, Timestamp deadline) => _unclaimed.Enqueue((session, deadline));

    /// <summary>
    /// Posts a packet from another loop, which calls <see cref="WakePosted"/> before it waits; or from any other thread (null).
    /// </summary>
    internal void Post(in HandOver handOver, RelayShard? from = null)
    {
        if (Interlocked.Increment(ref _handOverCount) > MaxHandOvers)
        {
            Interlocked.Decrement(ref _handOverCount);
            Counters.CountHandOverDropped();
            handOver.Buffer?.Dispose();
            return;
        }

        _handOvers.Enqueue(handOver);
        if (from is null)
        {
            _wake();
        }
        else
        {
            from._postedTo |= 1u << (Index & 31);
        }
    }

    /// <summary>Wakes the loops that something was posted to: once, however much it was.</summary>
    internal void WakePosted()
    {
        if (_postedTo == 0)
        {
            return;
        }

        foreach (var shard in Peers)
        {
            if ((_postedTo & (1u << (shard.Index & 31))) != 0)
            {
                shard._wake();
            }
        }

        _postedTo = 0;
    }

    /// <summary>
    /// Adds a source that arrives here to a feed, ahead of any packet that this loop passes afterwards; the feed moves to this loop.
    /// </summary>
    internal void AddSource(Timestamp now, Feed feed, FeedSource source)
    {
        if (feed.Home == this)
        {
            feed.AddSource(now, source, this);
        }
        else
        {
            feed.Run(then => feed.AddSource(then, source, this));
        }
    }

    /// <summary>A packet of a source arrived on this loop.</summary>
    internal void PassToFeed(Timestamp now, Feed feed, FeedSource source, bool isVideo, int layer, PacketBuffer packet)
    {
        if (feed.Home == this)
        {
            feed.HandlePacket(now, source, isVideo, layer, packet);
        }
        else
        {
            feed.Home.Post(HandOver.ForSource(feed, source, isVideo, layer, packet), this);
        }
    }

    internal void PassMapping(Feed feed, FeedSource source, bool isVideo, int layer, Ssrc ssrc, CaptureMapping mapping)
    {
        if (feed.Home == this)
        {
            feed.HandleCaptureMapping(source, isVideo, layer, ssrc, mapping);
        }
        else
        {
            feed.Run(_ => feed.HandleCaptureMapping(source, isVideo, layer, ssrc, mapping));
        }
    }

    internal void AddFeed(Feed feed) => _feeds.Add(feed);

    internal void RemoveFeed(Feed feed)
    {
        _feeds.Remove(feed);
        _readyFeeds.Remove(feed);
        if (feed.IsHolding)
        {
            feed.IsHolding = false;
            _holdingFeeds.Remove(feed);
        }
    }

    /// <summary>The feed keeps a picture back whose end has not come; it is reminded of it.</summary>
    internal void AddHolding(Feed feed)
    {
        feed.IsHolding = true;
        _holdingFeeds.Add(feed);
    }

    /// <summary>The session's next report is due then, within 1.2 s; its <see cref="PeerSession.Flush"/> writes it.</summary>
    internal void AwaitReport(Timestamp now, PeerSession session, Timestamp due) => 
        _reports.Add(_reports.SlotOf(now, due), session);

    /// <summary>Looks at timers within this turn if it has not done so yet, else in the next one. On this loop.</summary>
    internal void HastenSweep() => _schedule.Hasten(Timestamp.Zero);

    /// <summary>Looks at timers soon; any thread.</summary>
    internal void RequestSweep()
    {
        Volatile.Write(ref _isSweepWanted, true);
        _wake();
    }

    /// <summary>The feed has packets to hand on; it is flushed in this turn.</summary>
    internal void AddReady(Feed feed) => _readyFeeds.Add(feed);

    internal void AddFanout(FeedFanout fanout) => _fanouts.Add(fanout);

    internal void RemoveFanout(FeedFanout fanout)
    {
        // One that is still pending has nothing to send any more and leaves with its turn.
        _fanouts.Remove(fanout);
    }

    internal void AddPending(FeedFanout fanout) => _pendingFanouts.Enqueue(fanout);

    internal void AddPending(BroadcastRounds rounds) => _pendingRounds.Enqueue(rounds);

    /// <summary>The session has something to write or read out; it is flushed at the end of the turn.</summary>
    internal void Touch(PeerSession session)
    {
        if (!session.IsTouched)
        {
            session.IsTouched = true;
            _touched.Add(session);
        }
    }

    /// <summary>A picture whose last packet arrived then was written for every viewer of this loop.</summary>
    internal void NoteForwarded(Timestamp receivedAt)
    {
        if (Forwarded is not null)
        {
            _forwarded.Add(receivedAt);
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
            owner.Post(HandOver.ForDatagram(session, datagram, path), this);
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

            // Whatever it changed, timers may have to be looked at for it.
            HastenSweep();
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
                    var feed = (Feed)handOver.Target;
                    if (feed.Home == this)
                    {
                        feed.HandlePacket(now, (FeedSource)handOver.Source!, handOver.IsVideo, handOver.Layer, handOver.Buffer!);
                    }
                    else
                    {
                        feed.Home.Post(handOver, this);
                    }

                    break;
                case HandOver.Kind.FeedPacket:
                    ((Feed)handOver.Target).Receive(now, this, handOver.Packet, isKept: false);
                    break;
                case HandOver.Kind.KeptPacket:
                    ((Feed)handOver.Target).Receive(now, this, handOver.Packet, isKept: true);
                    break;
                case HandOver.Kind.Clock:
                    ((Feed)handOver.Target).Receive(this, handOver.FeedClock);
                    break;
            }
        }
    }

    private Timestamp NextOnGrid()
    {
        if (_sessionCount == 0 && _feeds.Count == 0 && _unclaimed.Count == 0)
        {
            return Timestamp.Never;
        }

        var next = Timestamp.Min(_schedule.Next, _timers.NextDue);
        foreach (var feed in _holdingFeeds)
        {
            next = Timestamp.Min(next, feed.HoldDeadline);
        }

        return new Timestamp((next.Nanoseconds + GridNanoseconds - 1) / GridNanoseconds * GridNanoseconds);
    }

    /// <summary>Lets pictures go whose end does not come, and forgets the feeds whose pictures are whole.</summary>
    private void EndHolds(Timestamp now)
    {
        for (var i = _holdingFeeds.Count - 1; i >= 0; i--)
        {
            var feed = _holdingFeeds[i];
            if (feed.HoldDeadline == Timestamp.Never)
            {
                feed.IsHolding = false;
                _holdingFeeds.RemoveAt(i);
            }
            else if (now >= feed.HoldDeadline)
            {
                feed.MarkReady();
            }
        }
    }

    private void FlushFeeds(Timestamp now)
    {
        foreach (var feed in _readyFeeds)
        {
            feed.Flush(now);
        }

        _readyFeeds.Clear();
    }

    /// <summary>Goes on with every fan-out in turn, so that a large room does not keep the small ones waiting.</summary>
    private void FlushFanouts(Timestamp now, DatagramWriter output)
    {
        var budget = FanoutBudget;
        for (var waiting = _pendingFanouts.Count; waiting > 0 && budget > 0; waiting--)
        {
            var fanout = _pendingFanouts.Dequeue();
            var share = Math.Min(FanoutShare, budget);
            var left = share;
            var isDone = fanout.Flush(now, output, ref left);
            budget -= share - left;
            if (!isDone)
            {
                // What could go on goes on behind the others; what waits for its next slice does not.
                _pendingFanouts.Enqueue(fanout);
                waiting += left < share ? 1 : 0;
            }
        }
    }

    /// <summary>Goes on with every round of messages in turn.</summary>
    private void FlushRounds(Timestamp now)
    {
        var budget = BroadcastBudget;
        for (var waiting = _pendingRounds.Count; waiting > 0 && budget > 0; waiting--)
        {
            var rounds = _pendingRounds.Dequeue();
            var share = Math.Min(BroadcastShare, budget);
            var left = share;
            var isDone = rounds.Flush(now, ref left);
            budget -= share - left;
            if (!isDone)
            {
                _pendingRounds.Enqueue(rounds);

                // What could go on goes on behind the others; what waits for its next round does not.
                waiting += left < share ? 1 : 0;
            }
        }
    }

    private void Sweep(Timestamp now, DatagramWriter output)
    {
        _schedule.Begin(now);
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
            _schedule.Hasten(feed.NextTimeout);
        }

        for (var i = 0; i < _fanouts.Count; i++)
        {
            _fanouts[i].HandleTimeout(now, output);
            _schedule.Hasten(_fanouts[i].NextTimeout);
        }

        foreach (var session in _reports.TakeDue(now))
        {
            Touch(session);
        }

        foreach (var session in _timers.TakeDue(now))
        {
            if (session.NextTimeout <= now)
            {
                session.Guard(now, static (s, at) => s.HandleTimeout(at));
            }

            // Its flush arms it again.
            Touch(session);
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

            if (!session.IsClosed)
            {
                _timers.Arm(now, session);
            }
            else if (session.IsCounted)
            {
                session.IsCounted = false;
                _sessionCount--;
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
