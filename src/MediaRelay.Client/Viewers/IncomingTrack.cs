using MediaRelay.Client.Sources;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Client.Viewers;

/// <summary>One stream that a viewer receives: what came, what is missing, and when pictures are complete.</summary>
internal sealed class IncomingTrack
{
    private static readonly TimeSpan PliInterval = TimeSpan.FromMilliseconds(500);

    // How often is looked for packets to give up, when nobody asks for them.
    private static readonly TimeSpan GiveUpInterval = TimeSpan.FromMilliseconds(100);

    // An array: walking a list by its interface would allocate for every packet.
    private readonly NegotiatedCodec[] _codecs;
    private readonly ViewerOptions _options;
    private readonly bool _sendsNack;
    private readonly ReceptionStatistics _statistics;
    private readonly PictureTracker? _pictures;

    // Made at the first gap: its window takes 40 KiB, and thousands of viewers on loopback lose nothing.
    private NackGenerator? _nacks;
    private SequenceNumber _highest;
    private bool _hasPackets;
    private RtpTimestamp? _keyFrame;
    private bool _isPliDue;
    private Timestamp _nextPli = Timestamp.Never;
    private Timestamp _nextGiveUp = Timestamp.Zero;
    private long _firstPacketAt = -1;
    private long _firstKeyFrameAt = -1;

    public IncomingTrack(NegotiatedMedia media, ViewerOptions options)
    {
        Kind = media.Kind;
        _codecs = [.. media.Codecs];

        // RFC 4585 §4.2: only what both sides agreed on. Browsers do so for pictures and seldom for sound.
        _sendsNack = options.SendNack && Array.Exists(_codecs, codec => codec.Feedback.HasFlag(FeedbackKinds.Nack));
        _options = options;
        _statistics = new ReceptionStatistics(_codecs[0].ClockRate);
        _pictures = IsVideo ? new PictureTracker() : null;
    }

    public bool IsVideo => Kind == MediaKind.Video;

    public MediaKind Kind { get; }

    public TrackCounters Counters { get; } = new();

    /// <summary>The stream's SSRC, once a packet came.</summary>
    public Ssrc Ssrc { get; private set; }

    /// <summary>Any thread.</summary>
    public Timestamp? FirstPacketAt => Read(ref _firstPacketAt);

    /// <summary>When the first key frame was complete; any thread.</summary>
    public Timestamp? FirstKeyFrameAt => Read(ref _firstKeyFrameAt);

    public Timestamp NextTimeout => Timestamp.Min(NextNack, _isPliDue ? _nextPli : Timestamp.Never);

    private Timestamp NextNack => _nacks switch
    {
        null => Timestamp.Never,
        _ when _sendsNack => _nacks.NextTimeout,
        _ => _nacks.MissingCount > 0 ? _nextGiveUp : Timestamp.Never,
    };

    /// <summary>Whether the payload type is one of the stream's, and whether it is that of retransmissions.</summary>
    public bool Owns(PayloadType payloadType, out NegotiatedCodec? codec, out bool isRtx)
    {
        foreach (var candidate in _codecs)
        {
            if (candidate.PayloadType == payloadType.Value || candidate.RtxPayloadType == payloadType.Value)
            {
                codec = candidate;
                isRtx = candidate.PayloadType != payloadType.Value;
                return true;
            }
        }

        codec = null;
        isRtx = false;
        return false;
    }

    /// <summary>The connection is up: without a key frame soon, one is asked for.</summary>
    public void Begin(Timestamp now)
    {
        if (IsVideo)
        {
            _isPliDue = true;
            _nextPli = now + PliInterval;
        }
    }

    /// <summary>Takes a packet's header and what it weighed on the wire; repaired ones have their original number.</summary>
    public void TakeHeader(Timestamp now, in RtpPacket packet, int wireLength, bool isRepaired)
    {
        if (isRepaired)
        {
            Counters.Repaired++;
        }
        else
        {
            Counters.Packets++;
            Counters.Bytes += wireLength;
            Ssrc = packet.Ssrc;
            _statistics.OnPacket(now, packet.SequenceNumber, packet.Timestamp);
            Counters.Jitter = _statistics.Jitter;
        }

        Note(ref _firstPacketAt, now);
        NoteNumber(now, packet.SequenceNumber);
        Counters.Missing = Math.Max(0, _statistics.Lost - Counters.Repaired);
    }

    /// <summary>Looks into a decrypted payload.</summary>
    public void TakePayload(in RtpPacket packet, SdpCodec codec)
    {
        var isKeyFrame = codec switch
        {
            SdpCodec.H264 => H264Payload.IsKeyFrameStart(packet.Payload),
            SdpCodec.Vp8 => Vp8Payload.IsKeyFrameStart(packet.Payload),
            _ => false,
        };

        // An H.264 key frame may have two starts, its SPS and its first slice, with one timestamp.
        if (isKeyFrame && _keyFrame != packet.Timestamp)
        {
            _keyFrame = packet.Timestamp;
            Counters.KeyFrames++;
            _isPliDue = false;
        }
    }

    /// <summary>
    /// Takes the end of a picture; <paramref name="payload"/> is empty when it was not decrypted. True when it is complete, and then
    /// with its time code, if it has one.
    /// </summary>
    public bool TryEndPicture(Timestamp now, RtpTimestamp timestamp, ReadOnlySpan<byte> payload, out PictureTimes? times)
    {
        times = TimeCode.TryRead(payload, out var read, out _) ? read : null;
        if (_nacks is { MissingCount: > 0 })
        {
            if (!_pictures!.TryWait(times))
            {
                Counters.BrokenPictures++;
            }

            return false;
        }

        Counters.Pictures++;
        if (_keyFrame == timestamp)
        {
            Note(ref _firstKeyFrameAt, now);
        }

        return true;
    }

    /// <summary>Gives out the pictures that waited, once nothing is missing any more; they are to be told with <see cref="Clear"/>.</summary>
    public bool TryTakeRepaired(Timestamp now, out PictureTracker pictures)
    {
        pictures = _pictures!;
        if (_pictures is not { WaitingCount: > 0 } || _nacks is { MissingCount: > 0 })
        {
            return false;
        }

        Counters.Pictures += _pictures.WaitingCount;
        if (_keyFrame is not null)
        {
            Note(ref _firstKeyFrameAt, now);
        }

        return true;
    }

    /// <summary>Takes a report of this stream's <see cref="Ssrc"/>.</summary>
    public void OnSenderReport(Timestamp now, in SenderReport report) => _statistics.OnSenderReport(now, report.NtpTime);

    public bool TryTakeReportBlock(Timestamp now, out ReportBlock block) => _statistics.TryTakeReportBlock(now, Ssrc, out block);

    /// <summary>Writes the next NACK or PLI that is due; false when there is none.</summary>
    public bool TryWriteFeedback(Timestamp now, Ssrc sender, Span<byte> destination, out int length)
    {
        length = 0;
        GiveUp(now);
        if (_sendsNack && _nacks is not null && _nacks.TryWriteNack(now, sender, Ssrc, destination, out length))
        {
            Counters.NacksSent++;
            return true;
        }

        if (!_isPliDue || now < _nextPli)
        {
            return false;
        }

        _nextPli = now + PliInterval;
        if (!_options.SendPli || !_hasPackets)
        {
            // Before the first packet there is no SSRC to ask.
            _isPliDue = _options.SendPli;
            return false;
        }

        length = RtcpWriter.WritePictureLossIndication(destination, sender, Ssrc);
        Counters.PlisSent++;
        return true;
    }

    private static Timestamp? Read(ref long time) => Volatile.Read(ref time) is >= 0 and var at ? new Timestamp(at) : null;

    private static void Note(ref long time, Timestamp now)
    {
        if (time < 0)
        {
            Volatile.Write(ref time, now.Nanoseconds);
        }
    }

    private void NoteNumber(Timestamp now, SequenceNumber number)
    {
        if (!_hasPackets)
        {
            _hasPackets = true;
            _highest = number;
            return;
        }

        var distance = _highest.DistanceTo(number);
        if (distance > 1)
        {
            Counters.Gaps++;
            if (_nacks is null)
            {
                _nacks = new NackGenerator();
                _nacks.OnPacket(now, _highest);
            }
        }

        if (distance > 0)
        {
            _highest = number;
            _nacks?.OnPacket(now, number);
        }
        else if (_nacks is not null)
        {
            var missing = _nacks.MissingCount;
            _nacks.OnPacket(now, number);
            Counters.Recovered += missing - _nacks.MissingCount;
        }
    }

    private void GiveUp(Timestamp now)
    {
        if (_nacks is null)
        {
            return;
        }

        _nextGiveUp = now + GiveUpInterval;
        _nacks.HandleTimeout(now);
        if (!_nacks.TryReadUnrecoverable() || !IsVideo)
        {
            return;
        }

        Counters.BrokenPictures += _pictures!.WaitingCount;
        _pictures.Clear();
        if (!_isPliDue)
        {
            _isPliDue = true;
            _nextPli = Timestamp.Max(_nextPli == Timestamp.Never ? now : _nextPli, now);
        }
    }
}
