using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// What the viewers of a room watch: one continuous RTP timeline per track whose source changes at a key frame. Solo host, mix and
/// slate, a host's reconnect and a mixer's crash are all the same switch, without renegotiation. Owned by its home loop; packets
/// reach the other loops by one hand-over each.
/// </summary>
public sealed class Feed
{
    private const int VideoClock = 90_000;
    private const int AudioClock = 48_000;

    // A demoted source plays until the next one's key frame, at most this long.
    private static readonly TimeSpan LongestHandover = TimeSpan.FromSeconds(2);

    private readonly FeedTrack _video = new(VideoClock, frameTicks: VideoClock / 30);
    private readonly FeedTrack _audio = new(AudioClock, frameTicks: AudioClock / 50);
    private readonly Vp8Continuity _vp8 = new();
    private readonly List<FeedSource> _sources = [];
    private readonly FeedFanout?[] _fanouts;
    private readonly bool[] _attached;
    private readonly Timestamp _created;
    private readonly SlateSource _slate;
    private FeedSource? _active;
    private FeedClock _clock;
    private long _mediaClockNanoseconds;
    private int _activeKind;
    private int _activeCodec;
    private bool _wasShown;

    internal Feed(string name, RelayShard home, int shardCount, Timestamp created, Slate? slate)
    {
        Name = name;
        Home = home;
        _created = created;
        _mediaClockNanoseconds = created.Nanoseconds;
        _fanouts = new FeedFanout?[shardCount];
        _attached = new bool[shardCount];
        _slate = new SlateSource(this, slate);
    }

    public string Name { get; }

    /// <summary>What plays now; any thread.</summary>
    public SourceKind ActiveKind => (SourceKind)Volatile.Read(ref _activeKind);

    public VideoCodec ActiveCodec => (VideoCodec)Volatile.Read(ref _activeCodec);

    /// <summary>Source switches since the feed began, and key-frame requests sent to sources; any thread.</summary>
    public long Switches { get; private set; }

    internal RelayShard Home { get; }

    internal FeedClock Clock => _clock;

    internal bool HasViewers => Array.Exists(_attached, attached => attached);

    /// <summary>The feed's media time at <paramref name="now"/>: unwrapped 90 kHz; any thread.</summary>
    public long MediaTime(Timestamp now) =>
        Math.Max(0, (now.Nanoseconds - Interlocked.Read(ref _mediaClockNanoseconds)) * 9 / 100_000);

    /// <summary>Sets what is shown while nobody is live. On the home loop.</summary>
    internal void SetSlate(Slate slate) => _slate.Set(slate);

    /// <summary>Adds a source; it plays once it is the best one and sends a key frame. On the home loop.</summary>
    internal void AddSource(FeedSource source)
    {
        _sources.Add(source);
        source.KeyFrames.Request();
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

        source.Opening.Clear();

        if (_active == source)
        {
            _active = null;
            Review(now);
        }

        source.OnRemoved();
    }

    /// <summary>Handles one packet of a source; the buffer now belongs to the feed. On the home loop.</summary>
    internal void HandlePacket(Timestamp now, FeedSource source, bool isVideo, PacketBuffer buffer)
    {
        if (!RtpPacket.TryParse(buffer.Span, out var rtp))
        {
            buffer.Dispose();
            return;
        }

        var input = isVideo ? source.Video : source.Audio;
        var sequence = input.Unwrapper.Unwrap(rtp.SequenceNumber.Value);
        var isKeyFrameStart = isVideo && IsKeyFrameStart(source.Codec, rtp.Payload);
        source.LastPacketAt = now;
        if (isKeyFrameStart)
        {
            source.KeyFrames.OnKeyFrame();
        }

        if (source == _active)
        {
            Place(now, source, isVideo, isKeyFrameStart, sequence, rtp, buffer);
        }
        else
        {
            Open(now, source, isVideo, isKeyFrameStart, sequence, rtp, buffer);
        }
    }

    /// <summary>Takes a source's capture mapping (from its sender reports). On the home loop.</summary>
    internal void HandleCaptureMapping(FeedSource source, bool isVideo, CaptureMapping mapping)
    {
        (isVideo ? source.Video : source.Audio).Mapping = mapping;
        if (source == _active)
        {
            UpdateClock(source);
        }
    }

    /// <summary>A viewer lost a picture or waits for the first one. On the home loop.</summary>
    internal void RequestKeyFrame(Timestamp now)
    {
        var source = _active ?? (FeedSource)_slate;
        source.KeyFrames.Request();
        SendKeyFrameRequestIfDue(now, source);
    }

    /// <summary>Runs the feed's timers. On the home loop.</summary>
    internal void HandleTimeout(Timestamp now)
    {
        Review(now);
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            var source = _sources[i];
            if (source.DemotedAt is { } since && (source != _active || now - since > LongestHandover))
            {
                RemoveSource(now, source);
            }
            else
            {
                SendKeyFrameRequestIfDue(now, source);
            }
        }

        if (_active == _slate && HasViewers)
        {
            _slate.Play(now);
        }
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

    /// <summary>Lets go of this loop's part of a feed whose room is gone. On that loop.</summary>
    internal void RemoveFrom(RelayShard shard)
    {
        if (_fanouts[shard.Index] is { } fanout)
        {
            _fanouts[shard.Index] = null;
            shard.RemoveFanout(fanout);
            fanout.Dispose();
        }

        if (shard == Home)
        {
            foreach (var source in _sources)
            {
                source.Opening.Clear();
            }

            shard.RemoveFeed(this);
        }
    }

    /// <summary>From now on packets go to that loop too; it gets what the home loop keeps first. On the home loop.</summary>
    internal void Attach(Timestamp now, RelayShard shard)
    {
        if (_attached[shard.Index])
        {
            return;
        }

        _attached[shard.Index] = true;
        if (shard != Home)
        {
            foreach (var packet in FanoutOn(Home).KeptPackets())
            {
                packet.Buffer.Retain();
                shard.Post(HandOver.ForFeed(this, packet));
            }

            shard.Post(HandOver.ForClock(this, _clock));
        }

        if (_active is null)
        {
            Review(now);
        }
    }

    internal void Detach(RelayShard shard) => _attached[shard.Index] = false;

    /// <summary>Takes a packet of a source that does not play: with a whole key frame, or sound if it has nothing else, it may begin to.</summary>
    private void Open(
        Timestamp now, FeedSource source, bool isVideo, bool isKeyFrameStart, long sequence, in RtpPacket rtp, PacketBuffer buffer)
    {
        var opening = source.Opening;
        if (Wanted(now) != source)
        {
            opening.Clear();
            buffer.Dispose();
        }
        else if (!source.HasVideo)
        {
            SwitchTo(source);
            Place(now, source, isVideo, isKeyFrameStart, sequence, rtp, buffer);
        }
        else if (!isVideo || !(isKeyFrameStart || opening.HasBegun))
        {
            buffer.Dispose();
        }
        else
        {
            // Parameter sets in a packet of their own are a start, and so is the picture behind them: both are one key frame.
            if (isKeyFrameStart && !opening.IsOf(rtp.Timestamp))
            {
                opening.Begin(now, sequence, rtp, buffer);
            }
            else
            {
                opening.Add(sequence, rtp, buffer);
            }

            OpenIfReady(now, source);
        }
    }

    private void OpenIfReady(Timestamp now, FeedSource source)
    {
        if (!source.Opening.IsReady(now))
        {
            return;
        }

        SwitchTo(source);
        foreach (var kept in source.Opening.TakeAll())
        {
            HandlePacket(now, source, isVideo: true, kept);
        }
    }

    private void Place(
        Timestamp now, FeedSource source, bool isVideo, bool isKeyFrameStart, long sequence, in RtpPacket rtp, PacketBuffer buffer)
    {
        var input = isVideo ? source.Video : source.Audio;
        var track = isVideo ? _video : _audio;
        if (!input.IsStarted)
        {
            var mediaTime = MediaTime(now);
            track.Join(now, input, sequence, rtp.Timestamp.Value, (uint)(isVideo ? mediaTime : mediaTime * AudioClock / VideoClock));
            if (isVideo && source.Codec == VideoCodec.Vp8)
            {
                _vp8.Join(rtp.Payload);
            }
        }

        if (!track.TryPlace(now, input, sequence, rtp.Timestamp.Value, out var feedSequence, out var feedTimestamp))
        {
            buffer.Dispose();
            return;
        }

        if (isKeyFrameStart)
        {
            AlignMediaClock(now, feedTimestamp);
        }

        var payloadStart = rtp.HeaderLength;
        var payloadLength = rtp.Payload.Length;
        if (isVideo && source.Codec == VideoCodec.Vp8)
        {
            _vp8.Rewrite(buffer.Span.Slice(payloadStart, payloadLength));
        }

        Deliver(now, new FeedPacket
        {
            Buffer = buffer,
            PayloadStart = payloadStart,
            PayloadLength = payloadLength,
            Sequence = feedSequence,
            Timestamp = feedTimestamp,
            IsVideo = isVideo,
            Marker = rtp.Marker,
            IsKeyFrameStart = isKeyFrameStart,
            Codec = source.Codec,
            ReceivedAt = now,
        });
    }

    private static bool IsKeyFrameStart(VideoCodec codec, ReadOnlySpan<byte> payload) => codec == VideoCodec.H264
        ? H264Payload.IsKeyFrameStart(payload)
        : Vp8Descriptor.TryParse(payload, out var descriptor) && descriptor.IsKeyFrameStart;

    private void SendKeyFrameRequestIfDue(Timestamp now, FeedSource source)
    {
        if (source.KeyFrames.TryTake(now))
        {
            // Urgent when viewers have no picture at all: what played is gone at once, as with a mixer that died.
            source.SendKeyFrameRequest(isUrgent: _active is null);
        }
    }

    /// <summary>The best source that is there: mix before host before slate, newer before older, a demoted one only before the slate.</summary>
    private FeedSource Wanted(Timestamp now)
    {
        FeedSource best = _slate;
        foreach (var source in _sources)
        {
            if (source.IsAlive(now) && Rank(source) >= Rank(best))
            {
                best = best.Kind == source.Kind && best.Generation > source.Generation ? best : source;
            }
        }

        return best;
    }

    private static int Rank(FeedSource source) => source.Kind switch
    {
        SourceKind.Slate => 0,
        _ when source.IsDemoted => 1,
        SourceKind.Host => 2,
        _ => 3,
    };

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
        else if (!wanted.Opening.HasBegun)
        {
            wanted.KeyFrames.Request();
        }
    }

    private void SwitchTo(FeedSource source)
    {
        _active = source;
        source.Video.IsStarted = false;
        source.Audio.IsStarted = false;
        Volatile.Write(ref _activeKind, (int)source.Kind);
        Volatile.Write(ref _activeCodec, (int)source.Codec);
        if (_wasShown)
        {
            Switches++;
        }

        _wasShown = true;
        source.OnShown();
    }

    private void AlignMediaClock(Timestamp now, uint feedTimestamp)
    {
        // Unwrap the timestamp around the present estimate, then say when media time 0 would have been.
        var estimate = MediaTime(now);
        var mediaTime = estimate + (int)(feedTimestamp - (uint)estimate);
        Interlocked.Exchange(ref _mediaClockNanoseconds, now.Nanoseconds - (mediaTime * 100_000 / 9));
    }

    private void UpdateClock(FeedSource source)
    {
        var basis = source.Video.IsStarted ? source.Video : source.Audio;
        var basisTrack = basis == source.Video ? _video : _audio;
        if (basis.Mapping is not { } basisMapping || !basis.IsStarted)
        {
            return;
        }

        var capture = basisMapping.CaptureOf(basisTrack.LastTimestamp - basis.TimestampOffset);
        var known = basis == source.Video ? _clock.Video : _clock.Audio;
        var line = known ?? new CaptureMapping(basisTrack.LastTimestamp, capture, basisTrack.ClockRate);
        var shift = line.CaptureOf(basisTrack.LastTimestamp) - capture;

        // Move the line's anchor along, so that differences stay far from the timestamp's wrap.
        line = line with { RtpTimestamp = basisTrack.LastTimestamp, Capture = line.CaptureOf(basisTrack.LastTimestamp) };
        _clock = basis == source.Video ? _clock with { Video = line } : _clock with { Audio = line };
        if (basis == source.Video && source.Audio is { IsStarted: true, Mapping: { } audioMapping })
        {
            var audioCapture = audioMapping.CaptureOf(_audio.LastTimestamp - source.Audio.TimestampOffset);
            _clock = _clock with { Audio = new CaptureMapping(_audio.LastTimestamp, audioCapture.AddNanoseconds(shift), AudioClock) };
        }

        foreach (var fanout in _fanouts)
        {
            if (fanout is not null && fanout.Shard != Home && _attached[fanout.Shard.Index])
            {
                fanout.Shard.Post(HandOver.ForClock(this, _clock));
            }
        }

        FanoutOn(Home).Clock = _clock;
    }

    private void Deliver(Timestamp now, in FeedPacket packet)
    {
        for (var i = 0; i < _attached.Length; i++)
        {
            if (_attached[i] && i != Home.Index)
            {
                packet.Buffer.Retain();
                Home.Peers[i].Post(HandOver.ForFeed(this, packet));
            }
        }

        FanoutOn(Home).Enqueue(now, packet);
        packet.Buffer.Dispose();
    }
}
