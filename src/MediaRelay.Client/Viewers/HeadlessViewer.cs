using MediaRelay.Client.Loops;
using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Viewers;

/// <summary>
/// Watches over WHEP: counts what comes and what is missing, measures when pictures are complete, reports, asks for what is lost, and
/// hands the messages of the overlay channel on. It decodes nothing.
/// </summary>
public sealed class HeadlessViewer : ClientPeer
{
    /// <summary>The channel that carries overlays.</summary>
    public const string OverlayLabel = "overlays";

    // What may wait in the commands of the loop; the association has its own bound.
    private const int MaxQueuedSends = 64;

    private readonly ViewerOptions _options;
    private readonly ViewerObserver? _observer;
    private readonly Ssrc _ssrc;
    private IncomingTrack? _audio;
    private IncomingTrack? _video;
    private DataChannel? _overlays;
    private TransportFeedbackBuilder? _feedback;
    private byte _feedbackId;
    private long _feedbackSent;
    private Timestamp _nextReport = Timestamp.Never;
    private int _queuedSends;
    private long _overlayMessages;
    private long _overlayBytes;
    private long _refusedSends;
    private long _overlaysOpenedAt = -1;

    public HeadlessViewer(ClientPeerContext context, ViewerOptions options, ViewerObserver? observer = null)
        : base(context, MakeOffer(options), options.Loss)
    {
        _options = options;
        _observer = observer;
        _ssrc = new Ssrc((uint)Random.NextInt64(1, uint.MaxValue));
    }

    /// <summary>What came of the sound; null when it was not negotiated. Any thread.</summary>
    public TrackCounters? Audio => _audio?.Counters;

    /// <summary>What came of the picture; null when it was not negotiated. Any thread.</summary>
    public TrackCounters? Video => _video?.Counters;

    /// <summary>When the first packet of any track came; any thread (it may be a moment old).</summary>
    public Timestamp? FirstPacketAt => (_video?.FirstPacketAt, _audio?.FirstPacketAt) switch
    {
        ({ } video, { } audio) => Timestamp.Min(video, audio),
        var (video, audio) => video ?? audio,
    };

    /// <summary>When the first key frame was complete; any thread.</summary>
    public Timestamp? FirstKeyFrameAt => _video?.FirstKeyFrameAt;

    /// <summary>When the overlay channel was open; any thread.</summary>
    public Timestamp? OverlaysOpenedAt => Volatile.Read(ref _overlaysOpenedAt) is >= 0 and var at ? new Timestamp(at) : null;

    /// <summary>Messages on the overlay channel; any thread.</summary>
    public long OverlayMessages => Interlocked.Read(ref _overlayMessages);

    /// <summary>Packets of transport-wide feedback that were sent; any thread.</summary>
    public long FeedbackSent => Interlocked.Read(ref _feedbackSent);

    public long OverlayBytes => Interlocked.Read(ref _overlayBytes);

    /// <summary>Messages of ours that were not sent: the channel was not open, or its buffer full.</summary>
    public long RefusedSends => Interlocked.Read(ref _refusedSends);

    private protected override Timestamp NextWork => Timestamp.Min(
        Timestamp.Min(_nextReport, _feedback?.NextTimeout ?? Timestamp.Never),
        Timestamp.Min(_audio?.NextTimeout ?? Timestamp.Never, _video?.NextTimeout ?? Timestamp.Never));

    /// <summary>
    /// Sends a message on the overlay channel; any thread. False when too many wait. What the channel itself does not take is counted
    /// in <see cref="RefusedSends"/>.
    /// </summary>
    public bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (Loop is null || Interlocked.Increment(ref _queuedSends) > MaxQueuedSends)
        {
            Interlocked.Decrement(ref _queuedSends);
            return false;
        }

        Loop.Post(now =>
        {
            Interlocked.Decrement(ref _queuedSends);
            if (_overlays is not { IsOpen: true } channel || Slot < 0
                || !Connection!.Data!.TrySend(now, channel.Id, message.Span, isBinary: true))
            {
                Interlocked.Increment(ref _refusedSends);
                return;
            }

            Wake();
        });
        return true;
    }

    private protected override void OnNegotiated(NegotiatedSession session)
    {
        _audio = MakeTrack(session.Audio);
        _video = MakeTrack(session.Video);
        if (session.Video is { } video && video.Extensions.TryGetValue(HeaderExtensionUris.TransportWideCc, out var id)
            && video.Codecs.All(codec => codec.Feedback.HasFlag(FeedbackKinds.TransportCc)))
        {
            _feedback = new TransportFeedbackBuilder();
            _feedbackId = (byte)id;
        }
    }

    private protected override void OnConnected(Timestamp now)
    {
        _audio?.Begin(now);
        _video?.Begin(now);
        if (_options.ReportInterval > TimeSpan.Zero)
        {
            // Spread, so that a room that joins at once does not report at once (RFC 3550 §6.3).
            _nextReport = now + (_options.ReportInterval * (0.5 + Random.NextDouble()));
        }
    }

    private protected override bool TryTakeProtected(Timestamp now, ReadOnlySpan<byte> datagram)
    {
        NoteArrival(now, datagram);
        if (_options.Inspection == MediaInspection.All
            || datagram.Length == 0 || datagram[0] is < 128 or > 191 || RtcpReader.IsRtcp(datagram)
            || (_video is not null && _video.FirstKeyFrameAt is null)
            || !RtpPacket.TryParseProtected(datagram, out var packet)
            || !TryFindTrack(packet.PayloadType, out var track, out _, out var isRtx)
            || isRtx)
        {
            return false;
        }

        // Sound is decrypted neither: it has no time code.
        if (packet.Marker && track.IsVideo && _options.Inspection == MediaInspection.FrameEnds)
        {
            return false;
        }

        track.TakeHeader(now, packet, datagram.Length, isRepaired: false);
        if (packet.Marker && track.IsVideo)
        {
            EndPicture(now, track, packet.Timestamp, default);
        }

        return true;
    }

    private protected override void OnRtp(Timestamp now, Span<byte> packet)
    {
        if (!RtpPacket.TryParse(packet, out var received))
        {
            Drops.Count(DropReason.RtpMalformed);
            return;
        }

        if (!TryFindTrack(received.PayloadType, out var track, out var codec, out var isRtx))
        {
            Drops.Count(DropReason.RtpUnknownPayloadType);
            return;
        }

        if (!isRtx)
        {
            Take(now, track, codec, received, isRepaired: false);
            return;
        }

        Span<byte> restored = stackalloc byte[PacketBuffer.MaxLength];
        if (RtxPayload.TryRestore(received, new PayloadType(codec.PayloadType), track.Ssrc, restored, out var length)
            && RtpPacket.TryParse(restored[..length], out var original))
        {
            Take(now, track, codec, original, isRepaired: true);
        }
    }

    private protected override void OnRtcp(Timestamp now, in RtcpPacket packet)
    {
        if (SenderReport.TryParse(packet, out var report))
        {
            Take(now, _audio, report);
            Take(now, _video, report);
        }
    }

    private protected override void OnDataEvent(Timestamp now, in DataChannelEvent dataEvent)
    {
        switch (dataEvent.Kind)
        {
            case DataChannelEventKind.Connected:
                Connection!.Data!.TryOpen(now, OverlayLabel, "", DataChannelReliability.ReliableOrdered, out _overlays);
                break;
            case DataChannelEventKind.ChannelOpened when dataEvent.Channel == _overlays:
                Volatile.Write(ref _overlaysOpenedAt, now.Nanoseconds);
                _observer?.OnOverlaysOpened(this, now);
                break;
            case DataChannelEventKind.Message when dataEvent.Channel == _overlays:
                Interlocked.Increment(ref _overlayMessages);
                Interlocked.Add(ref _overlayBytes, dataEvent.Data.Length);
                _observer?.OnOverlayMessage(this, now, dataEvent.Data.Span);
                break;
        }
    }

    private protected override void Work(Timestamp now, NtpTime wallClock, in NetworkPath path, DatagramWriter output)
    {
        SendFeedback(now, _audio, path, output);
        SendFeedback(now, _video, path, output);
        SendTransportFeedback(now, path, output);
        if (now >= _nextReport)
        {
            _nextReport = now + _options.ReportInterval;
            SendReport(now, path, output);
        }
    }

    private protected override void OnClosed() => _overlays = null;

    private static OfferOptions MakeOffer(ViewerOptions options)
    {
        var offer = new OfferOptions
        {
            Role = NegotiationRole.Subscribe,
            Audio = options.Audio,
            VideoCodecs = options.VideoCodecs,
            Data = options.Data,
        };
        return options.TransportFeedback
            ? offer with
            {
                VideoFeedback = offer.VideoFeedback | FeedbackKinds.TransportCc,
                VideoExtensions = [.. offer.VideoExtensions, HeaderExtensionUris.TransportWideCc],
            }
            : offer;
    }

    private IncomingTrack? MakeTrack(NegotiatedMedia? media) =>
        media is not null && media.Direction.Receives() ? new IncomingTrack(media, _options) : null;

    private bool TryFindTrack(
        PayloadType payloadType,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IncomingTrack? track,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out NegotiatedCodec? codec,
        out bool isRtx)
    {
        track = _video;
        if (_video is not null && _video.Owns(payloadType, out codec, out isRtx))
        {
            return codec is not null;
        }

        track = _audio;
        if (_audio is not null && _audio.Owns(payloadType, out codec, out isRtx))
        {
            return codec is not null;
        }

        codec = null;
        isRtx = false;
        return false;
    }

    private void Take(Timestamp now, IncomingTrack track, NegotiatedCodec codec, in RtpPacket packet, bool isRepaired)
    {
        var wireLength = packet.Packet.Length + Protocols.Srtp.SrtpContext.MaxOverhead;
        track.TakeHeader(now, packet, wireLength, isRepaired);
        track.TakePayload(packet, codec.Codec);
        _observer?.OnPacket(this, now, track.Kind, packet);
        if (!track.IsVideo)
        {
            return;
        }

        if (packet.Marker)
        {
            EndPicture(now, track, packet.Timestamp, packet.Payload);
        }

        if (track.TryTakeRepaired(now, out var pictures))
        {
            for (var i = 0; i < pictures.WaitingCount; i++)
            {
                Tell(now, pictures[i]);
            }

            pictures.Clear();
        }
    }

    private void Take(Timestamp now, IncomingTrack? track, in SenderReport report)
    {
        if (track is not null && report.SenderSsrc == track.Ssrc)
        {
            track.OnSenderReport(now, report);
            _observer?.OnSenderReport(this, now, track.Kind, report);
        }
    }

    private void EndPicture(Timestamp now, IncomingTrack track, RtpTimestamp timestamp, ReadOnlySpan<byte> payload)
    {
        if (track.TryEndPicture(now, timestamp, payload, out var times))
        {
            Tell(now, times);
        }
    }

    private void Tell(Timestamp now, PictureTimes? times)
    {
        if (times is { } known)
        {
            _observer?.OnPicture(this, now, known);
        }
    }

    private void SendFeedback(Timestamp now, IncomingTrack? track, in NetworkPath path, DatagramWriter output)
    {
        if (track is null || track.NextTimeout > now)
        {
            return;
        }

        // A reduced-size packet (RFC 5506), which the offer asks for; 256 numbers need at most 1 KiB.
        Span<byte> feedback = stackalloc byte[1200];
        while (track.TryWriteFeedback(now, _ssrc, feedback, out var length))
        {
            SendRtcp(path, output, feedback[..length]);
        }
    }

    // Before decryption, since most packets are not decrypted here: numbers that a stranger made up only spoil this viewer's own figures.
    private void NoteArrival(Timestamp now, ReadOnlySpan<byte> datagram)
    {
        if (_feedback is not null && datagram.Length > 0 && datagram[0] is >= 128 and <= 191 && !RtcpReader.IsRtcp(datagram)
            && RtpPacket.TryParseProtected(datagram, out var packet)
            && packet.TryGetExtension(_feedbackId, out var value)
            && HeaderExtensionValues.TryReadTransportSequence(value, out var sequence))
        {
            _feedback.OnPacket(now, sequence);
        }
    }

    private void SendTransportFeedback(Timestamp now, in NetworkPath path, DatagramWriter output)
    {
        if (_feedback is null || _feedback.NextTimeout > now)
        {
            return;
        }

        Span<byte> feedback = stackalloc byte[1200];
        while (_feedback.TryWrite(now, _ssrc, _video!.Ssrc, feedback, out var length))
        {
            SendRtcp(path, output, feedback[..length]);
            Interlocked.Increment(ref _feedbackSent);
        }
    }

    private void SendReport(Timestamp now, in NetworkPath path, DatagramWriter output)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[2];
        var count = 0;
        if (_audio is not null && _audio.TryTakeReportBlock(now, out blocks[count]))
        {
            count++;
        }

        if (_video is not null && _video.TryTakeReportBlock(now, out blocks[count]))
        {
            count++;
        }

        Span<byte> compound = stackalloc byte[128];
        var length = RtcpWriter.WriteReceiverReport(compound, _ssrc, blocks[..count]);
        length += RtcpWriter.WriteSourceDescription(compound[length..], _ssrc, "viewer");
        SendRtcp(path, output, compound[..length]);
    }
}
