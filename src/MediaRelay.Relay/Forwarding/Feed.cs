using System.Runtime.InteropServices;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// What the viewers of a room watch: one continuous RTP timeline per track whose source changes at a key frame. Solo host, mix and
/// slate, a host's reconnect and a mixer's crash are all the same switch, without renegotiation. Owned by its home loop, which is the
/// loop of its host once there is one, so that a packet crosses to each other loop once.
/// </summary>
public sealed class Feed
{
    private const int AnyLayer = SourceLayers.Max;
    private const int UrgentShift = 8;

    // A demoted source plays until the next one's key frame, at most this long.
    private static readonly TimeSpan LongestHandover = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReviewInterval = TimeSpan.FromMilliseconds(20);

    private readonly FeedTimeline _timeline;
    private readonly FeedSound _sound;
    private readonly List<FeedSource> _sources = [];
    private readonly FeedFanout?[] _fanouts;
    private readonly bool[] _attached;
    private readonly int[] _watchedLayers;
    private readonly SlateSource _slate;
    private readonly bool _padsRuns;
    private RelayShard _home;
    private FeedSource? _active;
    private Timestamp _nextReview = Timestamp.Zero;
    private int _wantedKeyFrames;
    private int _activeKind;
    private int _activeCodec;
    private int _epoch;
    private volatile bool _isRemoved;
    private bool _isReady;
    private bool _wasShown;

    internal Feed(string name, RelayShard home, int shardCount, Timestamp created, Slate? slate, bool padsRuns)
    {
        Name = name;
        _home = home;
        _padsRuns = padsRuns;
        _timeline = new FeedTimeline(created);
        _sound = new FeedSound(_timeline);
        _fanouts = new FeedFanout?[shardCount];
        _attached = new bool[shardCount];
        _watchedLayers = new int[shardCount];
        _slate = new SlateSource(this, slate);
    }

    public string Name { get; }

    /// <summary>What plays now; any thread.</summary>
    public SourceKind ActiveKind => (SourceKind)Volatile.Read(ref _activeKind);

    public VideoCodec ActiveCodec => (VideoCodec)Volatile.Read(ref _activeCodec);

    /// <summary>Source switches since the feed began; any thread.</summary>
    public long Switches { get; private set; }

    /// <summary>Which loop owns the feed now; any thread. What must run there goes through <see cref="Run"/>.</summary>
    internal RelayShard Home => Volatile.Read(ref _home);

    internal FeedClock Clock => _timeline.Clock;

    internal bool HasViewers => Array.Exists(_attached, attached => attached);

    /// <summary>When a picture that is kept back goes out in parts; never while none is. On the home loop.</summary>
    internal Timestamp HoldDeadline => _timeline.HoldDeadline;

    /// <summary>The home loop reminds the feed of <see cref="HoldDeadline"/>; the loop's alone.</summary>
    internal bool IsHolding { get; set; }

    /// <summary>
    /// When <see cref="HandleTimeout"/> must be called, beside the looks at all timers that the loop takes anyway. On the home loop.
    /// </summary>
    internal Timestamp NextTimeout => _active == _slate && HasViewers ? _slate.NextTimeout : Timestamp.Never;

    /// <summary>The encodings of what plays; null while nothing does. Any thread.</summary>
    internal SourceLayers? Layers => Volatile.Read(ref _active)?.Layers;

    /// <summary>A bit per layer that a viewer gets or waits for; any thread.</summary>
    internal int WatchedLayers
    {
        get
        {
            var watched = 0;
            for (var i = 0; i < _watchedLayers.Length; i++)
            {
                watched |= Volatile.Read(ref _watchedLayers[i]);
            }

            return watched;
        }
    }

    /// <summary>The feed's media time at <paramref name="now"/>: unwrapped 90 kHz; any thread.</summary>
    public long MediaTime(Timestamp now) => _timeline.MediaTime(now);

    /// <summary>The same for a time that may be past; null before the feed began. Any thread.</summary>
    public long? PastMediaTime(Timestamp at) => _timeline.PastMediaTime(at);

    /// <summary>Runs a command on the loop that owns the feed, wherever that is by then; any thread.</summary>
    internal void Run(Action<Timestamp> command)
    {
        var home = Home;
        home.Run(now =>
        {
            if (Home == home)
            {
                command(now);
            }
            else
            {
                Run(command);
            }
        });
    }

    /// <summary>
    /// A viewer lost a picture or waits for its first one (−1: of any layer); urgently when it sees nothing move until then. Any thread.
    /// </summary>
    internal void RequestKeyFrame(int layer, bool isUrgent = false)
    {
        var wish = 1 << (layer < 0 ? AnyLayer : layer);
        if (Interlocked.Or(ref _wantedKeyFrames, isUrgent ? wish | (wish << UrgentShift) : wish) == 0)
        {
            Home.RequestSweep();
        }
    }

    /// <summary>Notes which layers a loop's viewers want, a bit each; any thread.</summary>
    internal void SetWatched(RelayShard shard, int layers) => Volatile.Write(ref _watchedLayers[shard.Index], layers);

    /// <summary>Sets what is shown while nobody is live. On the home loop.</summary>
    internal void SetSlate(Slate slate) => _slate.Set(slate);

    /// <summary>
    /// Adds a source that arrives on <paramref name="origin"/> (null: on no loop); it plays once it is the best one and sends a key frame.
    /// The feed moves to that loop. On the home loop.
    /// </summary>
    internal void AddSource(Timestamp now, FeedSource source, RelayShard? origin)
    {
        if (_isRemoved)
        {
            return;
        }

        _sources.Add(source);
        source.KeyFrames(0).Request();
        _nextReview = now;
        if (origin is not null && origin != Home)
        {
            MoveTo(now, origin);
        }
    }

    /// <summary>Lets another source take over at its next key frame while this one goes on. On the home loop.</summary>
    internal void DemoteSource(Timestamp now, FeedSource source)
    {
        source.DemotedAt = now;
        Review(now);
    }

    /// <summary>Takes a source away at once. On the home loop.</summary>
    internal void RemoveSource(Timestamp now, FeedSource source)
    {
        if (!_sources.Remove(source))
        {
            return;
        }

        source.ClearOpenings();
        _sound.Remove(source);
        if (_active == source)
        {
            source.Reset(isShown: false);
            Volatile.Write(ref _active, null);
            Review(now);
        }

        _sound.Continue(now, WantedSound(now, arriving: null), _active, _epoch);
        MarkIfReady();
        source.OnRemoved();
    }

    /// <summary>Handles one packet of a source; the buffer now belongs to the feed. On the home loop.</summary>
    internal void HandlePacket(Timestamp now, FeedSource source, bool isVideo, int layer, PacketBuffer buffer)
    {
        if (_isRemoved || !RtpPacket.TryParse(buffer.Span, out var rtp))
        {
            buffer.Dispose();
            return;
        }

        var input = isVideo ? source.Video(layer) : source.Audio;
        var isKeyFrameStart = isVideo && IsKeyFrameStart(source.Codec, rtp.Payload);
        var before = NoticeStream(source, isVideo, layer, input, rtp) ? -1 : input.Highest;
        var sequence = input.Unwrap(rtp.Ssrc, rtp.SequenceNumber);
        input.Highest = Math.Max(before, sequence);
        source.LastPacketAt = now;
        if (isVideo)
        {
            source.OnPicturePacket(now, layer, buffer.Length);
        }

        if (isKeyFrameStart)
        {
            source.KeyFrames(layer).OnKeyFrame();
        }

        if (!isVideo)
        {
            HandleSound(now, source, input, sequence, before, rtp, buffer);
        }
        else if (source != _active && Wanted(now) != source)
        {
            source.ClearOpenings();
            buffer.Dispose();
        }
        else if (source == _active && input.IsStarted)
        {
            Place(now, source, layer, isKeyFrameStart, sequence, rtp, buffer);
        }
        else
        {
            Open(now, source, layer, isKeyFrameStart, sequence, before, rtp, buffer);
        }
    }

    /// <summary>Takes the capture mapping of a source's stream (from its sender reports). On the home loop.</summary>
    internal void HandleCaptureMapping(FeedSource source, bool isVideo, int layer, Ssrc? ssrc, CaptureMapping mapping)
    {
        (isVideo ? source.Video(layer) : source.Audio).SetMapping(ssrc, mapping);
        if (source == _active && _timeline.UpdateClock(source))
        {
            foreach (var fanout in _fanouts)
            {
                if (fanout is not null && fanout.Shard != Home && _attached[fanout.Shard.Index])
                {
                    fanout.Shard.Post(HandOver.ForClock(this, _timeline.Clock), Home);
                }
            }

            FanoutOn(Home).Clock = _timeline.Clock;
        }
    }

    /// <summary>Runs the feed's timers. On the home loop.</summary>
    internal void HandleTimeout(Timestamp now)
    {
        TakeKeyFrameWishes(now);
        if (now >= _nextReview)
        {
            _nextReview = now + ReviewInterval;
            Review(now);
            ReviewSources(now);
        }

        if (_active == _slate && HasViewers)
        {
            _slate.Play(now);
        }

    }

    /// <summary>Has <see cref="Flush"/> called in this turn. On the home loop.</summary>
    internal void MarkReady()
    {
        if (!_isReady)
        {
            _isReady = true;
            Home.AddReady(this);
        }
    }

    /// <summary>Hands what may go out to all loops that have viewers. On the home loop.</summary>
    internal void Flush(Timestamp now)
    {
        _isReady = false;
        if (now >= _timeline.HoldDeadline)
        {
            _timeline.Expire(now);
        }

        var ready = _timeline.Ready;
        if (ready.Count == 0)
        {
            return;
        }

        if (_padsRuns)
        {
            RunPadding.Apply(ready);
        }

        // The other loops first: they send while this one does.
        for (var i = 0; i < _attached.Length; i++)
        {
            if (_attached[i] && i != Home.Index)
            {
                foreach (ref readonly var packet in CollectionsMarshal.AsSpan(ready))
                {
                    packet.Buffer.Retain();
                    Home.Peers[i].Post(HandOver.ForFeed(this, packet), Home);
                }
            }
        }

        Home.WakePosted();
        var own = FanoutOn(Home);
        foreach (ref readonly var packet in CollectionsMarshal.AsSpan(ready))
        {
            own.Enqueue(now, packet);
            packet.Buffer.Dispose();
        }

        ready.Clear();
    }

    /// <summary>The part of this feed on one loop; made on first use. On that loop.</summary>
    internal FeedFanout FanoutOn(RelayShard shard)
    {
        if (_fanouts[shard.Index] is { } existing)
        {
            return existing;
        }

        var fanout = new FeedFanout(this, shard);
        _fanouts[shard.Index] = fanout;
        shard.AddFanout(fanout);
        return fanout;
    }

    internal FeedFanout? ExistingFanoutOn(RelayShard shard) => _fanouts[shard.Index];

    /// <summary>Takes a packet that the home loop hands over. On the loop that it is for.</summary>
    internal void Receive(Timestamp now, RelayShard shard, in FeedPacket packet, bool isKept)
    {
        if (_isRemoved)
        {
            packet.Buffer.Dispose();
            return;
        }

        if (isKept)
        {
            FanoutOn(shard).Keep(now, packet);
        }
        else
        {
            FanoutOn(shard).Enqueue(now, packet);
        }

        packet.Buffer.Dispose();
    }

    /// <summary>Takes the capture clock that the home loop hands over. On the loop that it is for.</summary>
    internal void Receive(RelayShard shard, in FeedClock clock)
    {
        if (!_isRemoved)
        {
            FanoutOn(shard).Clock = clock;
        }
    }

    /// <summary>
    /// Lets go of this loop's part of a feed whose room is gone. What other loops have on the way here is dropped from now on: it must
    /// not bring the part back. On that loop.
    /// </summary>
    internal void RemoveFrom(RelayShard shard)
    {
        _isRemoved = true;
        if (_fanouts[shard.Index] is { } fanout)
        {
            _fanouts[shard.Index] = null;
            shard.RemoveFanout(fanout);
            fanout.Dispose();
        }

        if (shard == Home)
        {
            shard.RemoveFeed(this);
            Clear();
        }
    }

    /// <summary>
    /// Lets packets go to a loop while somebody there needs them; it gets what the home loop keeps first. It looks at the need as it is
    /// now, because orders from a loop may overtake each other when the feed moves. On the home loop.
    /// </summary>
    internal void UpdateAttachment(Timestamp now, RelayShard shard)
    {
        var isNeeded = ExistingFanoutOn(shard) is { NeedsPackets: true };
        if (_attached[shard.Index] == isNeeded)
        {
            return;
        }

        _attached[shard.Index] = isNeeded;
        if (!isNeeded)
        {
            return;
        }

        if (shard != Home)
        {
            PostKept(shard);
        }

        if (_active is null)
        {
            Review(now);
        }
    }

    private static bool IsKeyFrameStart(VideoCodec codec, ReadOnlySpan<byte> payload) => codec == VideoCodec.H264
        ? H264Payload.IsKeyFrameStart(payload)
        : Vp8Descriptor.TryParse(payload, out var descriptor) && descriptor.IsKeyFrameStart;

    /// <summary>A key frame's start before which nothing of it comes: VP8's only one, H.264's parameter sets.</summary>
    private static bool IsFront(VideoCodec codec, ReadOnlySpan<byte> start) => codec == VideoCodec.Vp8 || H264Payload.ContainsSps(start);

    private static int Rank(FeedSource source) => source.Kind switch
    {
        SourceKind.Slate => 0,
        _ when source.IsDemoted => 1,
        SourceKind.Host => 2,
        _ => 3,
    };

    private static bool IsBetter(FeedSource source, FeedSource best) =>
        Rank(source) >= Rank(best) && (best.Kind != source.Kind || best.Generation <= source.Generation);

    private void Place(
        Timestamp now, FeedSource source, int layer, bool isKeyFrameStart, long sequence, in RtpPacket rtp, PacketBuffer buffer)
    {
        _timeline.Place(now, source, isVideo: true, layer, isKeyFrameStart, sequence, rtp, buffer, _epoch);
        MarkIfReady();
    }

    private void HandleSound(
        Timestamp now, FeedSource source, SourceTrack input, long sequence, long before, in RtpPacket rtp, PacketBuffer buffer)
    {
        if ((!input.IsStarted && sequence < before) || (source != _slate && !_sources.Contains(source)))
        {
            // Sound begins with the newest: what came before it, while another source played, is gone. So is what was on the way here
            // when its source was taken away.
            buffer.Dispose();
            return;
        }

        if (source != _active && !source.HasVideo && Wanted(now) == source)
        {
            SwitchTo(source);
        }

        _sound.Handle(now, source, WantedSound(now, source), _active, sequence, rtp, buffer, _epoch);
        MarkIfReady();
    }

    /// <summary>
    /// Who shall be heard: what is shown, or the best source whose sound comes when that of what is shown does not. Nothing before the
    /// first picture. <paramref name="arriving"/> sends sound right now.
    /// </summary>
    private FeedSource? WantedSound(Timestamp now, FeedSource? arriving)
    {
        if (!_wasShown || (_active is { } shown && (shown == arriving || FeedSound.IsHeard(shown, now))))
        {
            return _active;
        }

        FeedSource? best = null;
        foreach (var source in _sources)
        {
            if ((source == arriving || FeedSound.IsHeard(source, now)) && (best is null || IsBetter(source, best)))
            {
                best = source;
            }
        }

        return best ?? _active;
    }

    private void MarkIfReady()
    {
        if (_timeline.Ready.Count > 0)
        {
            MarkReady();
        }

        if (!IsHolding && _timeline.HoldDeadline != Timestamp.Never)
        {
            Home.AddHolding(this);
        }
    }

    /// <summary>The other loop becomes the feed's owner: nothing of it may be touched here afterwards.</summary>
    private void MoveTo(Timestamp now, RelayShard target)
    {
        var old = Home;
        _timeline.ReleaseAll();
        Flush(now);
        PostKept(target);
        old.RemoveFeed(this);
        Volatile.Write(ref _home, target);
        target.Run(_ =>
        {
            if (_isRemoved)
            {
                Clear();
            }
            else
            {
                target.AddFeed(this);
            }
        });
    }

    private void Clear()
    {
        foreach (var source in _sources)
        {
            source.ClearOpenings();
            source.RecentSound.Clear();
        }

        _slate.RecentSound.Clear();
        _timeline.Clear();
    }

    private void PostKept(RelayShard shard)
    {
        foreach (var packet in FanoutOn(Home).KeptPackets())
        {
            packet.Buffer.Retain();
            shard.Post(HandOver.ForKept(this, packet), Home);
        }

        shard.Post(HandOver.ForClock(this, _timeline.Clock), Home);
    }

    /// <summary>
    /// An encoding or the sound that was started anew, or that comes back after a pause, joins the feed again; true when nothing that
    /// was known of its numbers holds.
    /// </summary>
    private static bool NoticeStream(FeedSource source, bool isVideo, int layer, SourceTrack input, in RtpPacket rtp)
    {
        var isOther = input.IsOtherStream(rtp.Ssrc);
        if (!isVideo)
        {
            if (isOther)
            {
                input.IsStarted = false;
                source.RecentSound.Clear();
            }

            return isOther;
        }

        var isResumed = source.TryTakeResumed(layer);
        if (isOther || isResumed)
        {
            input.KeepsTimestamps |= input.IsStarted;
            source.StopLayer(layer);
            source.Opening(layer).Clear();
        }

        return isOther || isResumed;
    }

    /// <summary>
    /// Takes a packet of an encoding that does not play yet: it joins with a whole key frame, and if it is the first one of its source,
    /// the source takes over with it.
    /// </summary>
    private void Open(
        Timestamp now, FeedSource source, int layer, bool isKeyFrameStart, long sequence, long before, in RtpPacket rtp, PacketBuffer buffer)
    {
        var opening = source.Opening(layer);
        if (isKeyFrameStart && !opening.Covers(sequence, rtp.Timestamp))
        {
            opening.Begin(now, sequence, before, IsFront(source.Codec, rtp.Payload), rtp, buffer);
        }
        else if (opening.HasBegun)
        {
            // Parameter sets in a packet of their own are a start, and so is the picture behind them: both are one key frame.
            opening.Add(sequence, isKeyFrameStart, isKeyFrameStart && IsFront(source.Codec, rtp.Payload), rtp, buffer);
        }
        else
        {
            opening.AddEarly(sequence, rtp, buffer);
            source.KeyFrames(layer).Request();
        }

        if (!opening.IsReady(now))
        {
            return;
        }

        if (source != _active)
        {
            SwitchTo(source);
        }

        foreach (var (number, kept) in opening.TakeAll())
        {
            if (RtpPacket.TryParse(kept.Span, out var packet))
            {
                Place(now, source, layer, IsKeyFrameStart(source.Codec, packet.Payload), number, packet, kept);
            }
        }
    }

    private void TakeKeyFrameWishes(Timestamp now)
    {
        if (Volatile.Read(ref _wantedKeyFrames) == 0)
        {
            return;
        }

        var wishes = Interlocked.Exchange(ref _wantedKeyFrames, 0);
        var source = _active ?? _slate;
        for (var layer = 0; layer < SourceLayers.Max; layer++)
        {
            var wish = 1 << layer;
            if ((wishes & (wish << UrgentShift)) != 0)
            {
                // Straight to the source, whose own limit holds: one in 200 ms.
                source.SendKeyFrameRequest(layer, isUrgent: true);
            }
            else if ((wishes & wish) != 0)
            {
                source.KeyFrames(layer).Request();
            }
        }

        if ((wishes & (1 << AnyLayer)) != 0)
        {
            source.RequestKeyFrames();
        }

        SendKeyFrameRequestsIfDue(now, source);
    }

    private void ReviewSources(Timestamp now)
    {
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            var source = _sources[i];
            if (source.DemotedAt is { } since && (source != _active || now - since > LongestHandover))
            {
                RemoveSource(now, source);
            }
            else
            {
                SendKeyFrameRequestsIfDue(now, source);
            }
        }
    }

    private void SendKeyFrameRequestsIfDue(Timestamp now, FeedSource source)
    {
        for (var layer = 0; layer < SourceLayers.Max; layer++)
        {
            if (source.KeyFrames(layer).TryTake(now))
            {
                // Urgent when viewers have no picture at all: what played is gone at once, as with a mixer that died.
                source.SendKeyFrameRequest(layer, isUrgent: _active is null);
            }
        }
    }

    /// <summary>The best source that is there: mix before host before slate, newer before older, a demoted one only before the slate.</summary>
    private FeedSource Wanted(Timestamp now)
    {
        FeedSource best = _slate;
        foreach (var source in _sources)
        {
            if (source.IsAlive(now) && IsBetter(source, best))
            {
                best = source;
            }
        }

        return best;
    }

    private void Review(Timestamp now)
    {
        var wanted = Wanted(now);
        if (wanted == _active)
        {
            return;
        }

        if (wanted == _slate)
        {
            if (HasViewers)
            {
                SwitchTo(_slate);
                _slate.Restart(now);
            }
        }
        else if (!wanted.HasOpening)
        {
            wanted.RequestKeyFrames();
        }
    }

    private void SwitchTo(FeedSource source)
    {
        _active?.Reset(isShown: false);
        source.Reset(isShown: true);
        _sound.OnSwitch();
        _epoch++;
        Volatile.Write(ref _active, source);
        Volatile.Write(ref _activeKind, (int)source.Kind);
        Volatile.Write(ref _activeCodec, (int)source.Codec);
        if (_wasShown)
        {
            Switches++;
        }

        _wasShown = true;
        source.OnShown();
    }
}
