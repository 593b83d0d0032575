using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Rooms;

/// <summary>A room as the relay sees it: who publishes, who watches, its feed and the return feed for its host. Any thread.</summary>
public sealed class Room
{
    private readonly Lock _lock = new();
    private readonly RelayCore _relay;
    private readonly HashSet<PeerSession> _sessions = [];
    private PublisherSession? _host;
    private PublisherSession? _incoming;
    private PacketTap? _tap;
    private int _viewerCount;
    private bool _isClosed;

    internal Room(RelayCore relay, string id, bool isPortrait, Feed feed, Feed returnFeed)
    {
        _relay = relay;
        Id = id;
        IsPortrait = isPortrait;
        Feed = feed;
        ReturnFeed = returnFeed;
    }

    public string Id { get; }

    public bool IsPortrait { get; }

    /// <summary>What the room's viewers watch.</summary>
    public Feed Feed { get; }

    /// <summary>What the room's host gets back: the mix without its own sound.</summary>
    public Feed ReturnFeed { get; }

    /// <summary>The host who is live: one who has sent a key frame (or sound, without video). Null while nobody is.</summary>
    public PublisherSession? Host => Volatile.Read(ref _host);

    public PacketTap? Tap => Volatile.Read(ref _tap);

    /// <summary>The codec of the host, or of the last one; null before the first.</summary>
    public VideoCodec? Codec { get; private set; }

    public int ViewerCount => Volatile.Read(ref _viewerCount);

    public bool IsLive => Host is not null;

    /// <summary>Gives the host's packets to a tap (null: no longer); it is told about the present host at once.</summary>
    public void SetTap(PacketTap? tap)
    {
        lock (_lock)
        {
            Volatile.Write(ref _tap, tap);
            if (tap is not null && _host is { } host)
            {
                tap.OnHost(host.Codec);
            }
        }
    }

    /// <summary>Takes a tap away, unless another one has come since.</summary>
    public void ClearTap(PacketTap tap)
    {
        lock (_lock)
        {
            if (_tap == tap)
            {
                Volatile.Write(ref _tap, null);
            }
        }
    }

    /// <summary>
    /// Asks the host for a key frame; however many ask, it hears it once a second, or every 200 ms when it is urgent: somebody sees
    /// nothing move until it comes.
    /// </summary>
    public void RequestHostKeyFrame(bool isUrgent = false) => Host?.RequestKeyFrame(isUrgent: isUrgent);

    /// <summary>The room's viewers now, return feeds apart.</summary>
    public IReadOnlyList<ViewerSession> Viewers()
    {
        lock (_lock)
        {
            return [.. _sessions.OfType<ViewerSession>().Where(viewer => !viewer.IsReturn)];
        }
    }

    /// <summary>Lets the mix join the room's feed: it is shown from its first key frame on.</summary>
    /// <param name="codec">Of its pictures.</param>
    /// <param name="requestKeyFrame">Gets the layer of which a key frame is wanted, on the feed's loop.</param>
    /// <param name="onShown">The feed shows it; on the feed's loop.</param>
    /// <param name="onRemoved">The feed let go of it; on the feed's loop.</param>
    /// <param name="layers">Null: it has one picture, for all viewers.</param>
    public MixSource AddMix(
        VideoCodec codec, Action<int> requestKeyFrame, Action onShown, Action onRemoved, MixLayers? layers = null) =>
        AddMix(Feed, codec, layers, requestKeyFrame, onShown, onRemoved);

    /// <summary>The same for the host's return feed.</summary>
    public MixSource AddReturnMix(VideoCodec codec, Action<int> requestKeyFrame, Action onShown) =>
        AddMix(ReturnFeed, codec, layers: null, requestKeyFrame, onShown, static () => { });

    /// <summary>
    /// Adds what is known of the ways to the room's viewers, in bits per second: of those only whose encoding is chosen by estimates.
    /// </summary>
    public void ReadEstimates(List<long> estimates)
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                if (session is ViewerSession { IsReturn: false, EstimateBitsPerSecond: > 0 and var estimate })
                {
                    estimates.Add(estimate);
                }
            }
        }
    }

    /// <summary>Gives a message to every viewer of the room who has an overlay channel, and to those of the return feed.</summary>
    public void Broadcast(object message)
    {
        foreach (var shard in _relay.Shards)
        {
            shard.Run(now =>
            {
                BroadcastOn(Feed, shard, now, message);
                BroadcastOn(ReturnFeed, shard, now, message);
            });
        }
    }

    /// <summary>The feed's media time: unwrapped 90 kHz.</summary>
    public long MediaTime(Timestamp now) => Feed.MediaTime(now);

    /// <summary>The same for a time that may be past; null before the room's feed began. Any thread.</summary>
    public long? PastMediaTime(Timestamp at) => Feed.PastMediaTime(at);

    public void SetSlate(Slate slate)
    {
        Feed.Run(_ => Feed.SetSlate(slate));
        ReturnFeed.Run(_ => ReturnFeed.SetSlate(slate));
    }

    /// <summary>Ends every session of the room.</summary>
    internal void Close(CloseReason reason)
    {
        PeerSession[] sessions;
        lock (_lock)
        {
            _isClosed = true;
            sessions = [.. _sessions];
        }

        foreach (var session in sessions)
        {
            if (session is ViewerSession viewer)
            {
                viewer.RequestLeave(this, reason);
            }
            else
            {
                session.RequestClose(reason);
            }
        }
    }

    /// <summary>Whether someone else than <paramref name="identity"/> publishes or is about to.</summary>
    internal bool IsPublishedByOther(string identity)
    {
        lock (_lock)
        {
            return (_host is { IsClosed: false } host && host.Identity != identity)
                || (_incoming is { IsClosed: false } incoming && incoming.Identity != identity);
        }
    }

    /// <summary>Notes a session, unless it is here already or the room is closed, full, or another host publishes.</summary>
    internal RoomRefusal TryAdd(PeerSession session, int maxViewers)
    {
        PublisherSession? superseded = null;
        lock (_lock)
        {
            if (_isClosed)
            {
                return RoomRefusal.Closed;
            }

            if (session is PublisherSession publisher)
            {
                if (IsPublishedByOther(session.Identity))
                {
                    return RoomRefusal.OtherHost;
                }

                superseded = _incoming;
                _incoming = publisher;
            }
            else if (!_sessions.Contains(session))
            {
                if (maxViewers > 0 && _viewerCount >= maxViewers)
                {
                    return RoomRefusal.Full;
                }

                _viewerCount++;
            }

            _sessions.Add(session);
        }

        superseded?.RequestClose(CloseReason.Replaced);
        return RoomRefusal.None;
    }

    internal void Remove(PeerSession session)
    {
        lock (_lock)
        {
            if (_sessions.Remove(session) && session is ViewerSession)
            {
                _viewerCount--;
            }
        }
    }

    /// <summary>A publisher sent its first key frame: it is the host now, and an older session of the same host ends.</summary>
    internal void Promote(PublisherSession session)
    {
        PublisherSession? replaced;
        VideoCodec? before;
        lock (_lock)
        {
            if (_incoming == session)
            {
                _incoming = null;
            }

            before = Codec;
            replaced = _host;
            Volatile.Write(ref _host, session);
            Codec = session.Codec ?? Codec;
            _tap?.OnHost(session.Codec);
        }

        replaced?.RequestClose(CloseReason.Replaced);
        if (Codec != before)
        {
            TellCodec();
        }

        _relay.OnHostChanged(this);
    }

    internal void OnHostClosed(PublisherSession session)
    {
        lock (_lock)
        {
            if (_incoming == session)
            {
                _incoming = null;
            }

            if (_host != session)
            {
                return;
            }

            Volatile.Write(ref _host, null);
        }

        _relay.OnHostChanged(this);
    }

    private void TellCodec()
    {
        foreach (var shard in _relay.Shards)
        {
            shard.Run(now =>
            {
                if (Feed.ExistingFanoutOn(shard) is { } fanout)
                {
                    foreach (var viewer in fanout.Viewers)
                    {
                        viewer.NoticeCodec(now);
                    }
                }
            });
        }
    }

    private static void BroadcastOn(Feed feed, RelayShard shard, Timestamp now, object message)
    {
        if (feed.ExistingFanoutOn(shard) is { } fanout)
        {
            fanout.Broadcasts.Post(now, message);
        }
    }

    private static MixSource AddMix(
        Feed feed, VideoCodec codec, MixLayers? layers, Action<int> requestKeyFrame, Action onShown, Action onRemoved)
    {
        var source = new MixSource(feed, codec, layers, requestKeyFrame, onShown, onRemoved);
        feed.Run(now => feed.AddSource(now, source, origin: null));
        return source;
    }
}
