using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Tracks;

namespace MediaRelay.Relay.Sessions;

/// <summary>A host who publishes (WHIP): one audio and one video section at most, the video perhaps in several encodings.</summary>
public sealed class PublisherSession : PeerSession
{
    private const int MaxReportBlocks = 8;
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>At most one request a second reaches a host, whatever the number of viewers and mixers; urgent ones apart.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(1);
    private static readonly Ssrc ReportSsrc = new(1);

    private readonly PublishedTracks _tracks;
    private readonly EncodingSelector _encodings = new();
    private readonly TransportFeedbackBuilder? _transportFeedback;

    // One for all sections as a rule; in a bundle an id means the same in each of them (RFC 8843 §9).
    private readonly int[] _transportSequenceIds;
    private readonly CaptureClock _captureClock = new();
    private readonly HostTap _tap = new();
    private readonly KeyFrameRequests _keyFrames = new(KeyFrameInterval);
    private readonly string _cname;
    private readonly HostSource _source;
    private int _wantedKeyFrames;
    private Timestamp _nextFeedback = Timestamp.Never;
    private bool _isPromoted;

    internal PublisherSession(
        RelayCore relay, Room room, string id, string identity, PeerConnection peer, string ufrag,
        IReadOnlyList<PublishedTrackOptions> sections, string cname)
        : base(relay, room, id, identity, peer, ufrag)
    {
        _tracks = new PublishedTracks(sections);
        _cname = cname;
        HasSimulcast = sections.Any(section => section.HasSimulcast);
        Codec = sections.FirstOrDefault(section => section.IsVideo)?.Codec;
        HasVideo = Codec is not null;
        _source = new HostSource(this, HasVideo, sections.Any(section => !section.IsVideo), Codec ?? VideoCodec.H264);
        _transportSequenceIds =
            [.. sections.Select(section => section.Extensions[HeaderExtension.TransportCc]).Where(static id => id != HeaderExtensionMap.Absent).Distinct()];
        if (_transportSequenceIds.Length > 0)
        {
            _transportFeedback = new TransportFeedbackBuilder(FeedbackInterval);
        }
    }

    public bool HasVideo { get; }

    /// <summary>How loud its sound is, as far as its packets say (RFC 6464). Any thread.</summary>
    public VoiceLevel Voice { get; } = new();

    /// <summary>The picture may come in several encodings. Any thread.</summary>
    public bool HasSimulcast { get; }

    /// <summary>The video codec that the answer fixed; null without video.</summary>
    public VideoCodec? Codec { get; }

    /// <summary>When the first packet of media was passed on; null before. Any thread.</summary>
    public Timestamp? FirstMediaAt { get; private set; }

    private protected override Timestamp NextWork => Timestamp.Min(_nextFeedback, _transportFeedback?.NextTimeout ?? Timestamp.Never);

    /// <summary>
    /// Asks the host for a key frame of one encoding (−1: of the best one), coalesced with everybody else's wish; any thread.
    /// </summary>
    internal void RequestKeyFrame(int layer = -1, bool isUrgent = false)
    {
        if (Shard is { } shard)
        {
            shard.Run(_ =>
            {
                _wantedKeyFrames |= 1 << (layer >= 0 ? layer : _encodings.Selected?.Layer ?? 0);
                _keyFrames.Request(isUrgent);
                shard.Touch(this);
            });
        }
    }

    private protected override void HandleRtp(Timestamp now, PacketBuffer packet)
    {
        Counters.RtpPacketsReceived++;
        Counters.RtpBytesReceived += packet.Length;
        if (!RtpPacket.TryParse(packet.Span, out var rtp))
        {
            Drop(packet, DropReason.RtpMalformed);
            return;
        }

        var arrivedAt = packet.ArrivalOr(now);
        NoteTransportSequence(arrivedAt, rtp);
        if (_tracks.Find(rtp, out var isRtx, out var reason) is not { } track)
        {
            Drop(packet, reason);
            return;
        }

        if (isRtx)
        {
            HandleRtx(now, track, packet);
            return;
        }

        if (!track.IsVideo && rtp.TryGetExtension(track.Options.Extensions[HeaderExtension.AudioLevel], out var value)
            && HeaderExtensionValues.TryReadAudioLevel(value, out _, out var level))
        {
            Voice.OnLevel(now, level);
        }

        track.Measure(now, packet.Length);
        track.Statistics.OnPacket(arrivedAt, rtp.SequenceNumber, rtp.Timestamp);
        track.Nacks?.OnPacket(now, rtp.SequenceNumber);
        Forward(now, track, rtp.SequenceNumber, packet);
    }

    private protected override void HandleRtcp(Timestamp now, Timestamp arrivedAt, ReadOnlySpan<byte> packet)
    {
        if (!RtcpReader.TryParse(packet, out var reader))
        {
            Shard!.Drops.Count(DropReason.RtcpMalformed);
            return;
        }

        while (reader.TryReadNext(out var part))
        {
            if (SenderReport.TryParse(part, out var report))
            {
                HandleSenderReport(now, arrivedAt, report);
            }
        }
    }

    private protected override void OnConnected(Timestamp now)
    {
        _nextFeedback = now + FeedbackInterval;
        Shard!.AddSource(now, Room.Feed, _source);
    }

    private protected override void OnClosed(Timestamp now)
    {
        Room.Feed.Run(then => Room.Feed.RemoveSource(then, _source));
        Room.OnHostClosed(this);
    }

    private protected override void HandleWork(Timestamp now)
    {
        if (now < _nextFeedback)
        {
            return;
        }

        _nextFeedback = now + FeedbackInterval;
        if (_encodings.FindSuccessor(now, _tracks.All) is { } successor)
        {
            _wantedKeyFrames |= 1 << successor.Layer;
            _keyFrames.Request();
        }

        if (HasSimulcast)
        {
            foreach (var track in _tracks.All)
            {
                if (track.IsVideo)
                {
                    track.UpdateRate(now);
                    _source.Layers.Set(track.Layer, track.Pixels, track.BitRate);
                }
            }
        }
    }

    private protected override void WriteOwn(Timestamp now, DatagramWriter output)
    {
        Span<byte> packet = stackalloc byte[1_200];
        foreach (var track in _tracks.All)
        {
            if (!track.IsVideo || IsWanted(track))
            {
                WriteNacks(now, track, packet, output);
            }
        }

        if (_transportFeedback is not null && _tracks.All.Length > 0)
        {
            while (_transportFeedback.TryWrite(now, ReportSsrc, _tracks.All[0].Ssrc, packet, out var length))
            {
                WriteRtcp(packet[..length], output);
            }
        }

        WriteKeyFrameRequests(now, packet, output);
    }

    private protected override void WriteReports(Timestamp now, DatagramWriter output)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[MaxReportBlocks];
        var count = 0;
        foreach (var track in _tracks.All)
        {
            if (count < blocks.Length && track.Statistics.TryTakeReportBlock(now, track.Ssrc, out var block))
            {
                blocks[count++] = block;
            }
        }

        Span<byte> packet = stackalloc byte[512];
        var length = RtcpWriter.WriteReceiverReport(packet, ReportSsrc, blocks[..count]);
        length += RtcpWriter.WriteSourceDescription(packet[length..], ReportSsrc, _cname);
        WriteRtcp(packet[..length], output);
    }

    /// <summary>
    /// Reports every packet that came, also one that is of no use here, such as padding of a bandwidth probe: the host's estimate is about
    /// its path. The time is that of the arrival; what waited together would else seem to have come together.
    /// </summary>
    private void NoteTransportSequence(Timestamp arrivedAt, in RtpPacket packet)
    {
        foreach (var extensionId in _transportSequenceIds)
        {
            if (packet.TryGetExtension(extensionId, out var value) && HeaderExtensionValues.TryReadTransportSequence(value, out var sequence))
            {
                _transportFeedback!.OnPacket(arrivedAt, sequence);
                return;
            }
        }
    }

    private void WriteNacks(Timestamp now, PublishedTrack track, Span<byte> packet, DatagramWriter output)
    {
        if (track.Nacks is not { } nacks)
        {
            return;
        }

        while (nacks.TryWriteNack(now, ReportSsrc, track.Ssrc, packet, out var length))
        {
            Counters.NacksSent++;
            WriteRtcp(packet[..length], output);
        }

        if (nacks.TryReadUnrecoverable() && track.IsVideo)
        {
            Room.Feed.RequestKeyFrame(track.Layer);
        }
    }

    /// <summary>One request a second, for all encodings that are wanted by then.</summary>
    private void WriteKeyFrameRequests(Timestamp now, Span<byte> packet, DatagramWriter output)
    {
        var known = 0;
        foreach (var track in _tracks.All)
        {
            known |= track.IsVideo ? 1 << track.Layer : 0;
        }

        if (known == 0 || !_keyFrames.TryTake(now))
        {
            return;
        }

        var asked = (_wantedKeyFrames & known) != 0 ? _wantedKeyFrames & known : known;
        _wantedKeyFrames = 0;
        var length = 0;
        foreach (var track in _tracks.All)
        {
            if (track.IsVideo && (asked & (1 << track.Layer)) != 0)
            {
                length += RtcpWriter.WritePictureLossIndication(packet[length..], ReportSsrc, track.Ssrc);
            }
        }

        Counters.KeyFrameRequestsSent++;
        WriteRtcp(packet[..length], output);
    }

    /// <summary>
    /// An encoding that somebody gets or waits for; without viewers the best one, so that the first of them finds a key frame; and all of
    /// them while the feed has none yet.
    /// </summary>
    private bool IsWanted(PublishedTrack track)
    {
        if (!HasSimulcast || !_source.IsShown)
        {
            return true;
        }

        var watched = Room.Feed.WatchedLayers;
        return (watched & (1 << track.Layer)) != 0 || (watched == 0 && track == _encodings.Selected);
    }

    /// <summary>Turns a retransmission back into the packet that was lost (RFC 4588 §4) and handles it as such.</summary>
    private void HandleRtx(Timestamp now, PublishedTrack track, PacketBuffer packet)
    {
        var original = Shard!.Pool.Rent();
        var length = 0;
        var isRestored = RtpPacket.TryParse(packet.Span, out var rtp)
            && RtxPayload.TryRestore(rtp, track.Options.PayloadType, track.Ssrc, original.Space, out length);
        packet.Dispose();
        if (isRestored)
        {
            original.SetRange(PacketBuffer.Headroom, length);
        }

        if (!isRestored || !RtpPacket.TryParse(original.Span, out var restored))
        {
            // Padding for bandwidth probes comes as RTX without a payload; nothing is lost with it.
            original.Dispose();
            return;
        }

        track.Nacks?.OnPacket(now, restored.SequenceNumber);
        Forward(now, track, restored.SequenceNumber, original);
    }

    private void Forward(Timestamp now, PublishedTrack track, SequenceNumber number, PacketBuffer packet)
    {
        FirstMediaAt ??= now;
        if (track.IsVideo && TryReadKeyFrame(track, packet, out var payload))
        {
            OnKeyFrame(now, track, payload);
            Promote();
        }
        else if (!HasVideo)
        {
            Promote();
        }

        if (Room.Host == this && Room.Tap is { } tap && (!track.IsVideo || track == _encodings.Selected))
        {
            _tap.Pass(now, tap, track, packet);
        }

        if (track.IsVideo && !IsWanted(track))
        {
            Counters.PacketsPaused++;
            track.PausedAt = track.PausedAt is { } newest && (short)(ushort)(number.Value - newest.Value) < 0 ? newest : number;
            packet.Dispose();
            return;
        }

        if (track.PausedAt is { } pausedAt)
        {
            // One that was overtaken belongs to pictures that were left out.
            if ((short)(ushort)(number.Value - pausedAt.Value) <= 0)
            {
                Counters.PacketsPaused++;
                packet.Dispose();
                return;
            }

            track.PausedAt = null;
            _source.NoteResumed(track.Layer);
        }

        Shard!.PassToFeed(now, Room.Feed, _source, track.IsVideo, track.Layer, packet);
    }

    private void OnKeyFrame(Timestamp now, PublishedTrack track, ReadOnlySpan<byte> payload)
    {
        _wantedKeyFrames &= ~(1 << track.Layer);
        if (_wantedKeyFrames == 0)
        {
            _keyFrames.OnKeyFrame();
        }

        var isFirst = _encodings.Selected is null;
        if (_encodings.OnKeyFrame(now, track, payload) && !isFirst && Room.Host == this)
        {
            // For the mixer another encoding is another stream.
            Room.Tap?.OnHost(Codec);
        }

        if (HasSimulcast)
        {
            track.UpdateRate(now);
            _source.Layers.Set(track.Layer, track.Pixels, track.BitRate);
        }
    }

    private void Promote()
    {
        if (!_isPromoted)
        {
            _isPromoted = true;
            Room.Promote(this);
        }
    }

    private static bool TryReadKeyFrame(PublishedTrack track, PacketBuffer packet, out ReadOnlySpan<byte> payload)
    {
        payload = RtpPacket.TryParse(packet.Span, out var rtp) ? rtp.Payload : default;
        return track.Codec == VideoCodec.H264 ? H264Payload.IsKeyFrameStart(payload) : Vp8Payload.IsKeyFrameStart(payload);
    }

    private void HandleSenderReport(Timestamp now, Timestamp arrivedAt, in SenderReport report)
    {
        if (_tracks.FindBySsrc(report.SenderSsrc) is not { } track)
        {
            return;
        }

        track.Statistics.OnSenderReport(arrivedAt, report.NtpTime);
        var wallClock = Shard!.WallClockAt(now);
        var haveAllMoved = _captureClock.OnSenderReport(now, wallClock, arrivedAt, track, _tracks.All, report.RtpTimestamp, report.NtpTime);
        foreach (var moved in haveAllMoved ? _tracks.All : [track])
        {
            if (moved.Mapping is { } mapping)
            {
                Shard.PassMapping(Room.Feed, _source, moved.IsVideo, moved.Layer, moved.Ssrc, mapping);
            }

            if (Room.Host == this && Room.Tap is { } tap)
            {
                _tap.PassMapping(tap, moved);
            }
        }
    }

    private void Drop(PacketBuffer packet, DropReason reason)
    {
        Shard!.Drops.Count(reason);
        packet.Dispose();
    }
}
