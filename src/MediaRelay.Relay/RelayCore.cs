using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay;

/// <summary>The SFU: rooms, sessions and the shards that do the work. All members may be called from any thread.</summary>
public sealed class RelayCore
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PeerSession> _sessions = new(StringComparer.Ordinal);
    private readonly RelayObserver _observer;
    private readonly Random _random;
    private readonly Lock _randomLock = new();
    private int _nextHome;
    private int _halfOpen;
    private int _maxLayer = Forwarding.SourceLayers.Max - 1;

    public RelayCore(RelayOptions options, IReadOnlyList<RelayShard> shards, SessionDirectory directory, RelayObserver observer, Random random)
    {
        Options = options;
        Shards = shards;
        Directory = directory;
        _observer = observer;
        _random = random;
    }

    public RelayOptions Options { get; }

    public IReadOnlyList<RelayShard> Shards { get; }

    public IEnumerable<Room> Rooms => _rooms.Values;

    public int RoomCount => _rooms.Count;

    public int SessionCount => _sessions.Count;

    /// <summary>Sessions that were answered and are not connected yet.</summary>
    public int HalfOpenCount => Volatile.Read(ref _halfOpen);

    /// <summary>The best encoding of a simulcast that viewers get, from 0 for the smallest; lowered while the machine is short of CPU.</summary>
    public int MaxLayer
    {
        get => Volatile.Read(ref _maxLayer);
        set => Volatile.Write(ref _maxLayer, value);
    }

    internal SessionDirectory Directory { get; }

    public Room? FindRoom(string roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>The room, made when it is not there yet.</summary>
    public Room GetOrAddRoom(Timestamp now, string roomId, bool isPortrait, Slate? slate)
    {
        if (_rooms.TryGetValue(roomId, out var existing))
        {
            return existing;
        }

        var home = Shards[(int)((uint)Interlocked.Increment(ref _nextHome) % (uint)Shards.Count)];
        var feed = new Feed(roomId, home, Shards.Count, now, slate, Options.PadsRuns);
        var returnFeed = new Feed(roomId + "/return", home, Shards.Count, now, slate, Options.PadsRuns);
        var room = _rooms.GetOrAdd(roomId, new Room(this, roomId, isPortrait, feed, returnFeed));
        if (room.Feed == feed)
        {
            feed.Run(_ => feed.Home.AddFeed(feed));
            returnFeed.Run(_ => returnFeed.Home.AddFeed(returnFeed));
        }

        return room;
    }

    /// <summary>Ends every session of a room and forgets it.</summary>
    public void RemoveRoom(string roomId)
    {
        if (!_rooms.TryRemove(roomId, out var room))
        {
            return;
        }

        room.Close(CloseReason.Requested);
        foreach (var shard in Shards)
        {
            shard.Run(_ =>
            {
                room.Feed.RemoveFrom(shard);
                room.ReturnFeed.RemoveFrom(shard);
            });
        }
    }

    /// <summary>A running session by its id (the last part of its URL).</summary>
    public PeerSession? FindSession(string sessionId) => _sessions.GetValueOrDefault(sessionId);

    public void CloseAll(CloseReason reason)
    {
        foreach (var session in _sessions.Values)
        {
            session.RequestClose(reason);
        }
    }

    /// <summary>
    /// Reads a WHIP offer into a room, which need not run yet: nothing is kept. False, with the reason, for what no moment would mend: an
    /// offer that cannot be answered, or another host who publishes.
    /// </summary>
    public bool TryReadHost(
        string roomId, string identity, string offer, VideoCodec? codec, [NotNullWhen(true)] out AcceptableOffer? acceptable,
        [NotNullWhen(false)] out SessionOutcome? refusal) =>
        new SessionFactory(this).TryReadHost(roomId, identity, offer, codec, out acceptable, out refusal);

    /// <summary>Reads a WHEP offer for a room's feed or return feed; as <see cref="TryReadHost"/>.</summary>
    /// <param name="takesData">Whether a data channel may be negotiated.</param>
    public bool TryReadViewer(
        string roomId, bool isReturn, bool takesData, string offer, [NotNullWhen(true)] out AcceptableOffer? acceptable,
        [NotNullWhen(false)] out SessionOutcome? refusal) =>
        new SessionFactory(this).TryReadViewer(roomId, isReturn, takesData, offer, out acceptable, out refusal);

    /// <summary>Makes the session of a host whose offer was read.</summary>
    public SessionOutcome Publish(Timestamp now, Room room, string identity, AcceptableOffer offer) =>
        new SessionFactory(this).Publish(now, room, identity, offer);

    /// <summary>Makes the session of a viewer whose offer was read with the same <paramref name="isReturn"/>.</summary>
    public SessionOutcome Watch(
        Timestamp now, Room room, bool isReturn, string identity, AcceptableOffer offer, DataApplication? application) =>
        new SessionFactory(this).Watch(now, room, isReturn, identity, offer, application);

    /// <summary>Answers a WHIP offer: reads it and makes the session.</summary>
    public SessionOutcome Publish(Timestamp now, Room room, string identity, string offer, VideoCodec? codec) =>
        TryReadHost(room.Id, identity, offer, codec, out var acceptable, out var refusal)
            ? Publish(now, room, identity, acceptable)
            : refusal;

    /// <summary>Answers a WHEP offer for the room's feed, or its return feed: reads it and makes the session.</summary>
    public SessionOutcome Watch(Timestamp now, Room room, bool isReturn, string identity, string offer, DataApplication? application) =>
        TryReadViewer(room.Id, isReturn, application is not null, offer, out var acceptable, out var refusal)
            ? Watch(now, room, isReturn, identity, acceptable, application)
            : refusal;

    internal SessionOutcome Admit(Timestamp now, PeerSession session, string ufrag)
    {
        if (Options.MaxHalfOpen > 0 && HalfOpenCount >= Options.MaxHalfOpen)
        {
            return SessionOutcome.Overloaded($"{HalfOpenCount} sessions wait for their first check; at most {Options.MaxHalfOpen} may.");
        }

        switch (session.Room.TryAdd(session, Options.MaxViewersPerRoom))
        {
            case RoomRefusal.Closed:
                return SessionOutcome.NotFound($"The room '{session.Room.Id}' has been closed.");
            case RoomRefusal.Full:
                return SessionOutcome.Overloaded(
                    $"The room '{session.Room.Id}' has {session.Room.ViewerCount} viewers; at most {Options.MaxViewersPerRoom} may watch.");
            case RoomRefusal.OtherHost:
                return SessionOutcome.OtherHost(session.Room.Id);
        }

        Interlocked.Increment(ref _halfOpen);
        _sessions[session.Id] = session;
        Directory.TryAdd(ufrag, session);
        var guardian = Shards[(int)((uint)session.Id.GetHashCode(StringComparison.Ordinal) % (uint)Shards.Count)];
        guardian.Run(then => guardian.Await(session, then + TimeSpan.FromSeconds(15)));
        return SessionOutcome.Created(session);
    }

    internal void OnConnected(PeerSession session, Timestamp now)
    {
        Interlocked.Decrement(ref _halfOpen);
        _observer.OnConnected(session, now - session.CreatedAt);
    }

    internal void OnFirstVideo(ViewerSession session, Timestamp now) => _observer.OnFirstVideo(session, now - session.CreatedAt);

    internal void OnHandedOff(ViewerSession session, Room from, TimeSpan elapsed) => _observer.OnHandedOff(session, from, elapsed);

    internal void OnClosed(PeerSession session, CloseReason reason)
    {
        if (!session.IsConnected)
        {
            Interlocked.Decrement(ref _halfOpen);
        }

        _sessions.TryRemove(session.Id, out _);
        session.Room.Remove(session);
        _observer.OnClosed(session, reason);
    }

    internal void OnHostChanged(Room room) => _observer.OnHostChanged(room);

    /// <summary>128 random bits, URL-safe.</summary>
    internal static string MakeId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    internal uint NextUInt32()
    {
        lock (_randomLock)
        {
            return (uint)_random.NextInt64(1, uint.MaxValue);
        }
    }

    /// <summary>Below 2^15, so that the first wrap is not near the start (RFC 3711 §3.3.1 would guess the rollover wrongly).</summary>
    internal ushort NextFirstSequenceNumber() => (ushort)(NextUInt32() & 0x7FFF);

    internal Random NewRandom()
    {
        lock (_randomLock)
        {
            return new Random(_random.Next());
        }
    }
}
