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

/// <summary>A host who publishes (WHIP): one audio and one video track at most.</summary>
public sealed class PublisherSession : PeerSession
{
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(50);
    /// <summary>At most one request a second reaches a host, whatever the number of viewers and mixers.</summary>
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(1);
    private static readonly Ssrc ReportSsrc = new(1);

    private readonly IReadOnlyList<PublishedTrackOptions> _sections;
    private readonly PublishedTrack?[] _tracks;
    private readonly TransportFeedbackBuilder? _transportFeedback;
    private readonly CaptureClock _captureClock = new();
    private readonly HostSource _source;
    private readonly KeyFrameRequests _keyFrames = new(KeyFrameInterval);
    private readonly string _cname;
    private Timestamp _nextFeedback = Timestamp.Never;
    private bool _isPromoted;

    internal PublisherSession(
        RelayCore relay, Room room, string id, string identity, PeerConnection peer, string ufrag,
        IReadOnlyList<PublishedTrackOptions> sections, string cname)
        : base(relay, room, id, identity, peer, ufrag)
    {
        _sections = sections;
        _cname = cname;
        _tracks = new PublishedTrack?[sections.Count];
        var video = sections.FirstOrDefault(section => section.IsVideo);
        HasVideo = video is not null;
        Codec = video?.Codec;
        _source = new HostSource(this, HasVideo, sections.Any(section => !section.IsVideo), video?.Codec ?? VideoCodec.H264);
        if (sections.Any(section => section.Extensions.Has(HeaderExtension.TransportCc)))
        {
            _transportFeedback = new TransportFeedbackBuilder();
        }
    }

    public bool HasVideo { get; }

    /// <summary>The video codec that the answer fixed; null without video.</summary>
    public VideoCodec? Codec { get; }

    /// <summary>When the first packet of media was passed on; null before. Any thread.</summary>
    public Timestamp? FirstMediaAt { get; private set; }

    private protected override Timestamp NextWork => _nextFeedback;

    /// <summary>Asks the host for a key frame, coalesced with everybody else's wish; any thread.</summary>
    internal void RequestKeyFrame()
    {
        if (Shard is { } shard)
        {
            shard.Run(_ =>
            {
                _keyFrames.Request();
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

        var index = FindSection(rtp);
        if (index < 0)
        {
            Drop(packet, DropReason.RtpUnknownSsrc);
            return;
        }

        var section = _sections[index];
        if (_transportFeedback is not null
            && rtp.TryGetExtension(section.Extensions[HeaderExtension.TransportCc], out var value)
            && HeaderExtensionValues.TryReadTransportSequence(value, out var transportSequence))
        {
            _transportFeedback.OnPacket(now, transportSequence);
        }

        if (rtp.PayloadType == section.RtxPayloadType)
        {
            HandleRtx(now, packet, index);
            return;
        }

        if (rtp.PayloadType != section.PayloadType)
        {
            Drop(packet, DropReason.RtpUnknownPayloadType);
            return;
        }

        var track = _tracks[index];
        if (track is null || track.Ssrc != rtp.Ssrc)
        {
            if (track is not null && section.Ssrc is { } announced && announced != rtp.Ssrc)
            {
                Drop(packet, DropReason.RtpUnknownSsrc);
                return;
            }

            track = _tracks[index] = new PublishedTrack(section, rtp.Ssrc);
        }

        track.Statistics.OnPacket(now, rtp.SequenceNumber, rtp.Timestamp);
        track.Nacks?.OnPacket(now, rtp.SequenceNumber);
        Forward(now, track, packet);
    }

    private protected override void HandleRtcp(Timestamp now, ReadOnlySpan<byte> packet)
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
                HandleSenderReport(now, report);
            }
        }
    }

    private protected override void OnConnected(Timestamp now)
    {
        _nextFeedback = now + FeedbackInterval;
        Room.Feed.Home.Run(_ => Room.Feed.AddSource(_source));
    }

    private protected override void OnClosed(Timestamp now)
    {
        Room.Feed.Home.Run(then => Room.Feed.RemoveSource(then, _source));
        Room.OnHostClosed(this);
    }

    private protected override void HandleWork(Timestamp now)
    {
        if (now >= _nextFeedback)
        {
            _nextFeedback = now + FeedbackInterval;
        }
    }

    private protected override void WriteOwn(Timestamp now, DatagramWriter output)
    {
        Span<byte> packet = stackalloc byte[1_200];
        foreach (var track in _tracks)
        {
            if (track?.Nacks is not { } nacks)
            {
                continue;
            }

            while (nacks.TryWriteNack(now, ReportSsrc, track.Ssrc, packet, out var length))
            {
                Counters.NacksSent++;
                WriteRtcp(packet[..length], output);
            }

            if (nacks.TryReadUnrecoverable() && track.IsVideo)
            {
                Room.Feed.Home.Run(Room.Feed.RequestKeyFrame);
            }
        }

        if (_transportFeedback is not null && VideoOrAudio() is { } any)
        {
            while (_transportFeedback.TryWrite(now, ReportSsrc, any.Ssrc, packet, out var feedbackLength))
            {
                WriteRtcp(packet[..feedbackLength], output);
            }
        }

        if (Array.Find(_tracks, track => track?.IsVideo == true) is { } video && _keyFrames.TryTake(now))
        {
            Counters.KeyFrameRequestsSent++;
            WriteRtcp(packet[..RtcpWriter.WritePictureLossIndication(packet, ReportSsrc, video.Ssrc)], output);
        }
    }

    private protected override void WriteReports(Timestamp now, DatagramWriter output)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[2];
        var count = 0;
        foreach (var track in _tracks)
        {
            if (track is not null && count < blocks.Length && track.Statistics.TryTakeReportBlock(now, track.Ssrc, out var block))
            {
                blocks[count++] = block;
            }
        }

        Span<byte> packet = stackalloc byte[256];
        var length = RtcpWriter.WriteReceiverReport(packet, ReportSsrc, blocks[..count]);
        length += RtcpWriter.WriteSourceDescription(packet[length..], ReportSsrc, _cname);
        WriteRtcp(packet[..length], output);
    }

    private PublishedTrack? VideoOrAudio() => Array.Find(_tracks, track => track?.IsVideo == true) ?? Array.Find(_tracks, track => track is not null);

    /// <summary>By announced SSRC, else by mid, else by payload type (RFC 9143 §9.2); −1 is none of ours.</summary>
    private int FindSection(in RtpPacket rtp)
    {
        for (var i = 0; i < _sections.Count; i++)
        {
            if (_tracks[i]?.Ssrc == rtp.Ssrc || _sections[i].Ssrc == rtp.Ssrc)
            {
                return i;
            }
        }

        for (var i = 0; i < _sections.Count; i++)
        {
            var section = _sections[i];
            if (section.Mid is not null && rtp.TryGetExtension(section.Extensions[HeaderExtension.Mid], out var mid))
            {
                if (System.Text.Encoding.ASCII.GetByteCount(section.Mid) == mid.Length && EqualsAscii(section.Mid, mid))
                {
                    return i;
                }
            }
            else if (rtp.PayloadType == section.PayloadType || rtp.PayloadType == section.RtxPayloadType)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool EqualsAscii(string text, ReadOnlySpan<byte> bytes) => System.Text.Ascii.Equals(bytes, text);

    /// <summary>Turns a retransmission back into the packet that was lost (RFC 4588 §4) and handles it as such.</summary>
    private void HandleRtx(Timestamp now, PacketBuffer packet, int index)
    {
        var section = _sections[index];
        var original = Shard!.Pool.Rent();
        if (_tracks[index] is { } track
            && RtpPacket.TryParse(packet.Span, out var rtp)
            && RtxPayload.TryRestore(rtp, section.PayloadType, track.Ssrc, original.Space, out var length))
        {
            packet.Dispose();
            original.SetRange(PacketBuffer.Headroom, length);
            if (RtpPacket.TryParse(original.Span, out var restored))
            {
                track.Nacks?.OnPacket(now, restored.SequenceNumber);
                Forward(now, track, original);
                return;
            }
        }
        else
        {
            // Padding for bandwidth probes comes as RTX without a payload; nothing is lost with it.
            packet.Dispose();
        }

        original.Dispose();
    }

    private void Forward(Timestamp now, PublishedTrack track, PacketBuffer packet)
    {
        FirstMediaAt ??= now;
        var isKeyFrame = track.IsVideo && IsKeyFrame(track, packet);
        if (isKeyFrame)
        {
            _keyFrames.OnKeyFrame();
        }

        if (!_isPromoted && (isKeyFrame || !HasVideo))
        {
            _isPromoted = true;
            Room.Promote(this);
        }

        if (Room.Host == this)
        {
            Room.Tap?.OnRtp(now, track.IsVideo, packet.Span);
        }

        Shard!.PassToFeed(now, Room.Feed, _source, track.IsVideo, packet);
    }

    private static bool IsKeyFrame(PublishedTrack track, PacketBuffer packet) => RtpPacket.TryParse(packet.Span, out var rtp)
        && (track.Codec == VideoCodec.H264 ? H264Payload.IsKeyFrameStart(rtp.Payload) : Vp8Payload.IsKeyFrameStart(rtp.Payload));

    private void HandleSenderReport(Timestamp now, in SenderReport report)
    {
        foreach (var track in _tracks)
        {
            if (track is null || track.Ssrc != report.SenderSsrc)
            {
                continue;
            }

            var wallClock = Shard!.WallClockAt(now);
            track.Statistics.OnSenderReport(now, report.NtpTime);
            _captureClock.OnSenderReport(now, wallClock, report.NtpTime);
            var mapping = new CaptureMapping(report.RtpTimestamp.Value, _captureClock.ToLocal(report.NtpTime), track.ClockRate);
            track.Mapping = mapping;
            Shard.PassMapping(Room.Feed, _source, track.IsVideo, mapping);
            if (Room.Host == this)
            {
                Room.Tap?.OnCaptureMapping(track.IsVideo, mapping);
            }
        }
    }

    private void Drop(PacketBuffer packet, DropReason reason)
    {
        Shard!.Drops.Count(reason);
        packet.Dispose();
    }
}
