using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// Where a feed's packets lie: one continuous timeline per track whatever source plays, pictures held until they are whole, and the
/// clock that sender reports tell. Owned by the feed's home loop.
/// </summary>
internal sealed class FeedTimeline
{
    private const int VideoClock = 90_000;
    private const int AudioClock = 48_000;

    // What a viewer sees of it when it is pressed (FeedRun) is still a distance.
    private const uint LeastDistance = FeedRun.Pressed;

    // Packets that are later than this do not come any more, so two alignments are all that must be told apart.
    private static readonly TimeSpan AlignmentInterval = TimeSpan.FromSeconds(2);

    // Layers that lie closer than this are not moved: lip sync is judged in tens of milliseconds.
    private const int AlignmentSlack = VideoClock / 300;

    private readonly FeedTrack _video = new(VideoClock, frameTicks: VideoClock / 30, SourceLayers.Max);
    private readonly FeedTrack _audio = new(AudioClock, frameTicks: AudioClock / 50, layers: 1);
    private readonly Vp8Continuity?[] _vp8 = new Vp8Continuity?[SourceLayers.Max];
    private readonly FrameHold?[] _holds = new FrameHold?[SourceLayers.Max];
    private long _mediaClockNanoseconds;

    public FeedTimeline(Timestamp created) => _mediaClockNanoseconds = created.Nanoseconds;

    /// <summary>Packets that may go out, in order; whoever takes them clears the list.</summary>
    public List<FeedPacket> Ready { get; } = [];

    public FeedClock Clock { get; private set; }

    /// <summary>When <see cref="Expire"/> has something to do.</summary>
    public Timestamp HoldDeadline
    {
        get
        {
            var next = Timestamp.Never;
            foreach (var hold in _holds)
            {
                next = hold is null ? next : Timestamp.Min(next, hold.Deadline);
            }

            return next;
        }
    }

    /// <summary>Sound was placed before.</summary>
    public bool HasSound => _audio.HasStarted;

    /// <summary>Timestamp of the last sound.</summary>
    public uint LastSound => _audio.LastTimestamp;

    /// <summary>Unwrapped 90 kHz; any thread.</summary>
    public long MediaTime(Timestamp now) =>
        Math.Max(0, (now.Nanoseconds - Interlocked.Read(ref _mediaClockNanoseconds)) * 9 / 100_000);

    /// <summary>The same for a time that may be past; null before the feed began. Any thread.</summary>
    public long? PastMediaTime(Timestamp at) =>
        at.Nanoseconds < Interlocked.Read(ref _mediaClockNanoseconds) ? null : MediaTime(at);

    /// <summary>Where sound that begins now lies.</summary>
    public uint SoundStart(Timestamp now) => _audio.NextStart(now, (uint)(MediaTime(now) * AudioClock / VideoClock));

    /// <summary>The source's packet with this number and timestamp comes at <paramref name="start"/>, and others behind it.</summary>
    public void JoinSound(FeedSource source, long sequence, uint timestamp, uint start) =>
        _audio.Join(source.Audio, layer: 0, sequence, timestamp, start);

    /// <summary>Places a packet of the source that plays; the buffer now belongs to the timeline, or is dropped when it has no place.</summary>
    public void Place(
        Timestamp now, FeedSource source, bool isVideo, int layer, bool isKeyFrameStart, long sequence, in RtpPacket rtp,
        PacketBuffer buffer, int epoch)
    {
        var input = isVideo ? source.Video(layer) : source.Audio;
        var track = isVideo ? _video : _audio;
        if (isVideo && input.IsStarted && layer != source.ReferenceLayer)
        {
            Realign(now, source, layer, input, sequence, rtp.Timestamp.Value);
        }

        input.LastPacketAt = now;
        if (!input.IsStarted)
        {
            if (isVideo && !isKeyFrameStart)
            {
                // A layer joins with a picture that needs no other.
                buffer.Dispose();
                return;
            }

            Join(now, source, isVideo, layer, input, sequence, rtp);
        }

        if (!track.TryPlace(now, input, layer, sequence, rtp.Timestamp.Value, out var feedSequence, out var feedTimestamp))
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
            _vp8[layer]?.Rewrite(buffer.Span.Slice(payloadStart, payloadLength));
        }

        var packet = new FeedPacket
        {
            Buffer = buffer,
            PayloadStart = payloadStart,
            PayloadLength = payloadLength,
            Sequence = feedSequence,
            Timestamp = feedTimestamp,
            IsVideo = isVideo,
            Layer = (byte)layer,
            Epoch = epoch,
            Marker = rtp.Marker,
            IsKeyFrameStart = isKeyFrameStart,
            Codec = source.Codec,
            ReceivedAt = now,
        };
        if (isVideo)
        {
            (_holds[layer] ??= new FrameHold()).Add(now, packet, Ready);
        }
        else
        {
            // Two seconds are kept of it, in packets a tenth as long as the picture's.
            Ready.Add(packet with { Buffer = buffer.Compact() });
        }
    }

    /// <summary>Lets go of pictures whose end does not come.</summary>
    public void Expire(Timestamp now)
    {
        foreach (var hold in _holds)
        {
            hold?.Expire(now, Ready);
        }
    }

    public void ReleaseAll()
    {
        foreach (var hold in _holds)
        {
            hold?.Release(Ready);
        }
    }

    public void Clear()
    {
        foreach (var hold in _holds)
        {
            hold?.Clear();
        }

        foreach (var packet in Ready)
        {
            packet.Buffer.Dispose();
        }

        Ready.Clear();
    }

    /// <summary>Moves the clock to what the source's sender reports say; false when they do not say enough yet.</summary>
    public bool UpdateClock(FeedSource source)
    {
        var video = source.KnownVideo(source.ReferenceLayer);
        var isByVideo = video is { IsStarted: true };
        var basis = isByVideo ? video! : source.Audio;
        var basisTrack = isByVideo ? _video : _audio;
        if (basis.Mapping is not { } basisMapping || !basis.IsStarted)
        {
            return false;
        }

        var capture = basisMapping.CaptureOf(basisTrack.LastTimestamp - basis.TimestampOffset);
        var known = isByVideo ? Clock.Video : Clock.Audio;
        var line = known ?? new CaptureMapping(basisTrack.LastTimestamp, capture, basisTrack.ClockRate);
        var shift = line.CaptureOf(basisTrack.LastTimestamp) - capture;

        // Move the line's anchor along, so that differences stay far from the timestamp's wrap.
        line = line with { RtpTimestamp = basisTrack.LastTimestamp, Capture = line.CaptureOf(basisTrack.LastTimestamp) };
        Clock = isByVideo ? Clock with { Video = line } : Clock with { Audio = line };
        if (isByVideo && source.Audio is { IsStarted: true, Mapping: { } audioMapping })
        {
            var audioCapture = audioMapping.CaptureOf(_audio.LastTimestamp - source.Audio.TimestampOffset);
            Clock = Clock with { Audio = new CaptureMapping(_audio.LastTimestamp, audioCapture.AddNanoseconds(shift), AudioClock) };
        }

        return true;
    }

    private void Join(
        Timestamp now, FeedSource source, bool isVideo, int layer, SourceTrack input, long sequence, in RtpPacket rtp)
    {
        var timestamp = rtp.Timestamp.Value;
        if (!isVideo)
        {
            JoinSound(source, sequence, timestamp, SoundStart(now));
            return;
        }

        var start = source.KnownVideo(source.ReferenceLayer) is { IsStarted: true } reference
            ? Behind(now, layer, ByCapture(reference, input, timestamp) ?? ByPause(input, timestamp) ?? _video.StartByArrival(now))
            : _video.NextStart(now, (uint)MediaTime(now));
        input.KeepsTimestamps = false;
        _video.Join(input, layer, sequence, timestamp, start);
        source.NoteJoined(layer);
        if (source.Codec == VideoCodec.Vp8)
        {
            (_vp8[layer] ??= new Vp8Continuity()).Join(rtp.Payload);
        }
    }

    /// <summary>
    /// The encodings of a simulcast count timestamps from different starts (RFC 3550 §5.1). When one joins only its arrival tells where
    /// it lies; once both have sent reports, their capture times do, and the next picture sets it right.
    /// </summary>
    private void Realign(
        Timestamp now, FeedSource source, int layer, SourceTrack input, long sequence, uint timestamp)
    {
        // Only between pictures, when nothing before is missing, and never back: what lies too late comes a frame's distance nearer each
        // time.
        var present = timestamp + input.TimestampOffset;
        if (now - input.AlignedAt < AlignmentInterval || !_video.IsNext(layer, sequence + input.SequenceOffset)
            || (_video.LastTimestampOf(now, layer) is { } last && (int)(present - last) <= 0)
            || source.KnownVideo(source.ReferenceLayer) is not { IsStarted: true } reference
            || ByCapture(reference, input, timestamp) is not { } wanted)
        {
            return;
        }

        var distance = Math.Abs((int)(wanted - present));
        var possible = Behind(now, layer, wanted);
        if (distance > AlignmentSlack && Math.Abs((int)(wanted - possible)) < distance)
        {
            input.Align(timestamp, possible - timestamp);
            input.AlignedAt = now;
        }
    }

    private static uint? ByCapture(SourceTrack reference, SourceTrack input, uint timestamp) =>
        reference.Mapping is { } referenceMapping && input.Mapping is { } mapping
            ? referenceMapping.TimestampAt(mapping.CaptureOf(timestamp)) + reference.TimestampOffset
            : null;

    private static uint? ByPause(SourceTrack input, uint timestamp) =>
        input.KeepsTimestamps ? timestamp + input.TimestampOffset : null;

    /// <summary>The timestamp, or the next one that this layer may have.</summary>
    private uint Behind(Timestamp now, int layer, uint timestamp) =>
        _video.LastTimestampOf(now, layer) is { } last && (int)(timestamp - last) < LeastDistance ? last + LeastDistance : timestamp;

    private void AlignMediaClock(Timestamp now, uint feedTimestamp)
    {
        // Unwrap the timestamp around the present estimate, then say when media time 0 would have been.
        var estimate = MediaTime(now);
        var mediaTime = estimate + (int)(feedTimestamp - (uint)estimate);
        Interlocked.Exchange(ref _mediaClockNanoseconds, now.Nanoseconds - (mediaTime * 100_000 / 9));
    }
}
