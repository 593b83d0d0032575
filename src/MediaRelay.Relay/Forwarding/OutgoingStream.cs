using System.Buffers.Binary;
using System.Text;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Sessions;
using MediaRelay.Relay.Shards;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// One RTP stream to one viewer: own SSRC, payload types and sequence numbers over shared payloads. It numbers without a gap over layer
/// switches and hand-offs (<see cref="FeedRun"/>) and answers NACKs, on an RTX stream (RFC 4588) where the viewer takes one.
/// </summary>
internal sealed class OutgoingStream
{
    // Long enough for a receiver to have learned the SSRC; a function of the sequence number, so that a resend is bit-identical.
    private const int PacketsWithMid = 64;
    private const int MaxHeaderLength = 64;
    private const int MaxResendsPerPacket = 3;

    // What a viewer may still ask for lies in the last two seconds; more switches than this in that time do not happen.
    private const int MaxEarlierRuns = 4;
    private const byte MaxPadding = 255;
    private const byte ExtensionBit = 0x10;
    private const byte PaddingBit = 0x20;
    private static readonly TimeSpan LeastResendDistance = TimeSpan.FromMilliseconds(20);

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly ViewerSession _viewer;
    private readonly RelayCounters _counters;
    private readonly SrtpSender _sender;
    private readonly bool _isVideo;
    private readonly ViewerTrack _track;
    private readonly CodecPayloadTypes _payloadTypes;
    private readonly byte[] _mid;
    private readonly ResendLimiter _resends = new(MaxResendsPerPacket, LeastResendDistance);
    private readonly long _first;
    private List<FeedRun>? _earlier;
    private long _highest;
    private (Vp8Descriptor Sent, Vp8Offsets Offsets)? _lastVp8;
    private bool _hasLeftOut;
    private long _resendFrom;
    private ushort _rtxNumber;
    private SrtpSender? _rtxSender;
    private VideoCodec _typeCodec;
    private PayloadType? _type;

    public OutgoingStream(
        ViewerSession viewer, bool isVideo, ViewerTrack track, CodecPayloadTypes payloadTypes, ushort firstNumber, ushort firstRtxNumber)
    {
        _viewer = viewer;
        _counters = viewer.Counters;
        _sender = viewer.OpenRtp(track.Ssrc);
        _isVideo = isVideo;
        _track = track;
        _payloadTypes = payloadTypes;
        _mid = Encoding.ASCII.GetBytes(track.Mid);
        _first = firstNumber;
        _highest = _first - 1;
        _rtxNumber = firstRtxNumber;
        _type = isVideo ? payloadTypes.ForVideo(_typeCodec) : payloadTypes.Opus;
    }

    public Ssrc Ssrc => _track.Ssrc;

    /// <summary>What encrypts its packets.</summary>
    public SrtpSender Sender => _sender;

    /// <summary>Where the packets come from now; null before the first one.</summary>
    public FeedRun? Run { get; private set; }

    /// <summary>For sender reports; only media that was sent for the first time counts.</summary>
    public uint PacketsSent { get; private set; }

    public uint OctetsSent { get; private set; }

    public Timestamp LastSent { get; private set; } = Timestamp.Zero;

    /// <summary>Of the newest packet that was sent, on the viewer's timeline.</summary>
    public uint LastTimestamp { get; private set; }

    public bool HasSent => PacketsSent > 0;

    /// <summary>
    /// From <paramref name="first"/> on this stream continues with that fanout's packets. Numbers and picture ids go on right behind
    /// what was sent.
    /// </summary>
    public void Begin(FeedFanout fanout, in FeedPacket first, uint timestampOffset, uint levelAt)
    {
        var vp8 = Run?.Vp8 ?? default;
        if (Run is { } old)
        {
            NoteLastVp8(old);
            if (first.Codec == VideoCodec.Vp8 && _lastVp8 is var (last, offsets))
            {
                vp8 = Vp8Offsets.Behind(last, offsets, first.Payload);
            }

            _earlier ??= [];
            if (_earlier.Count == MaxEarlierRuns)
            {
                _earlier.RemoveAt(0);
            }

            _earlier.Add(old);
        }

        Run = new FeedRun
        {
            Fanout = fanout,
            IsVideo = _isVideo,
            Layer = first.Layer,
            FirstSequence = first.Sequence,
            FirstNumber = _highest + 1,
            TimestampOffset = timestampOffset,
            LevelAt = levelAt,
            Vp8 = vp8,
        };
    }

    /// <summary>Asks for the memory that <see cref="Send"/> needs beside this object.</summary>
    public void Fetch()
    {
        CacheLines.Fetch(Run, count: 2);
        CacheLines.Fetch(_track, count: 1);
        _sender.Fetch();
    }

    /// <summary>Sends a packet of the present run; false when it lies before the run, or the viewer cannot take it.</summary>
    public bool Send(Timestamp now, in FeedPacket packet, DatagramWriter output)
    {
        if (Run is not { } run || packet.Sequence < run.FirstSequence)
        {
            return false;
        }

        if (PayloadTypeOf(packet) is null)
        {
            _hasLeftOut = true;
            return false;
        }

        if (_hasLeftOut)
        {
            // What the viewer could not take must not be a hole in its numbers, and a decoder starts anew behind it.
            if (_isVideo && !packet.IsKeyFrameStart)
            {
                return false;
            }

            _hasLeftOut = false;
            Begin(run.Fanout, packet, run.TimestampOffset, packet.Timestamp);
            run = Run;
        }

        var number = run.NumberOf(packet.Sequence);
        var timestamp = run.TimestampOf(packet);
        if (!Write(now, run, packet, number, timestamp, output))
        {
            return false;
        }

        if (number > _highest)
        {
            _highest = number;
            LastTimestamp = timestamp;
        }

        PacketsSent++;
        OctetsSent += (uint)packet.PayloadLength;
        LastSent = now;
        if (_isVideo && PacketsSent == 1)
        {
            _viewer.NoteFirstVideo(now);
        }

        return true;
    }

    /// <summary>Nothing that was sent so far is sent again: what follows begins with a key frame, and needs the place.</summary>
    public void GiveUpSent() => _resendFrom = _highest + 1;

    /// <summary>Answers a NACK from what the loop keeps; each packet at most a few times and not twice within a round trip.</summary>
    public void Resend(Timestamp now, ushort number, TimeSpan roundTrip, DatagramWriter output)
    {
        // Either too old, or it never reached us: then asking the publisher is already under way.
        if (!TryFind(number, out var run, out var packet))
        {
            _counters.NacksUnanswered++;
            return;
        }

        var unwrapped = run.NumberOf(packet.Sequence);
        if (unwrapped < _resendFrom)
        {
            _counters.NacksGivenUp++;
            return;
        }

        // Sound is small, and its loss is heard: it goes first and is charged to nothing.
        if (_isVideo && !_viewer.HasRoomForResend(now))
        {
            _counters.NacksOverBudget++;
            return;
        }

        if (!_resends.TryTake(now, unwrapped, roundTrip))
        {
            _counters.NacksLimited++;
            return;
        }

        var isSent = RtxPayloadType(packet.Codec) is { } rtx
            ? WriteRtx(now, run, packet, unwrapped, rtx, output)
            : Write(now, run, packet, unwrapped, run.TimestampOf(packet), output);
        if (!isSent)
        {
            return;
        }

        _counters.PacketsResent++;
        if (_isVideo)
        {
            _viewer.NoteResent(RtpPacket.FixedHeaderLength + packet.PayloadLength);
        }
    }

    /// <summary>
    /// Sends packets of padding alone on the RTX stream until at least <paramref name="bytes"/> have left: a probe that a receiver has
    /// nothing to do with. Returns how many bytes left; 0 without an RTX stream.
    /// </summary>
    public int SendPadding(Timestamp now, VideoCodec codec, int bytes, DatagramWriter output)
    {
        if (!HasSent || RtxPayloadType(codec) is not { } type)
        {
            return 0;
        }

        Span<byte> padding = stackalloc byte[MaxPadding];
        padding.Clear();
        padding[^1] = MaxPadding;
        Span<byte> header = stackalloc byte[MaxHeaderLength];
        var sent = 0;
        while (sent < bytes)
        {
            var length = WriteHeader(
                now, header, marker: false, type, _rtxNumber, LastTimestamp, _track.RtxSsrc!.Value, hasMid: false, padding.Length);
            header[0] |= PaddingBit;
            if (!WriteRtp(RtxSender, header[..length], padding, output))
            {
                break;
            }

            _rtxNumber++;
            sent += length + padding.Length;
        }

        _counters.ProbeBytesSent += sent;
        return sent;
    }

    private bool TryFind(ushort number, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FeedRun? run, out FeedPacket packet)
    {
        var unwrapped = _highest + (short)(ushort)(number - (ushort)_highest);
        run = Run;
        packet = default;
        if (run is null || unwrapped < _first || unwrapped > _highest)
        {
            return false;
        }

        for (var i = (_earlier?.Count ?? 0) - 1; unwrapped < run.FirstNumber; i--)
        {
            if (i < 0)
            {
                return false;
            }

            run = _earlier![i];
        }

        return run.History.TryGet(run.SequenceOf(unwrapped), out packet);
    }

    private SrtpSender RtxSender => _rtxSender ??= _viewer.OpenRtp(_track.RtxSsrc!.Value);

    /// <summary>
    /// Remembers the last VP8 picture over runs of another codec: what is kept of it may be gone when the next one comes.
    /// </summary>
    private void NoteLastVp8(FeedRun run)
    {
        if (!_isVideo || _highest < run.FirstNumber)
        {
            return;
        }

        if (!run.History.TryGet(run.SequenceOf(_highest), out var last))
        {
            _lastVp8 = null;
        }
        else if (last.Codec == VideoCodec.Vp8 && Vp8Descriptor.TryParse(last.Payload, out var descriptor))
        {
            _lastVp8 = (descriptor, run.Vp8);
        }
    }

    private PayloadType? PayloadTypeOf(in FeedPacket packet)
    {
        if (_isVideo && packet.Codec != _typeCodec)
        {
            _typeCodec = packet.Codec;
            _type = _payloadTypes.ForVideo(packet.Codec);
        }

        return _type;
    }

    private PayloadType? RtxPayloadType(VideoCodec codec) =>
        _isVideo && _track.RtxSsrc is not null ? _payloadTypes.ForRetransmission(codec) : null;

    private bool Write(Timestamp now, FeedRun run, in FeedPacket packet, long number, uint timestamp, DatagramWriter output)
    {
        if (PayloadTypeOf(packet) is not { } type)
        {
            return false;
        }

        var body = packet.Body;
        if (!run.Vp8.IsNone && packet is { IsVideo: true, Codec: VideoCodec.Vp8 })
        {
            var copy = Scratch().AsSpan(0, body.Length);
            body.CopyTo(copy);
            run.Vp8.Apply(copy[..packet.PayloadLength]);
            body = copy;
        }

        Span<byte> header = stackalloc byte[MaxHeaderLength];
        var length = WriteHeader(
            now, header, packet.Marker, type, (ushort)number, timestamp, Ssrc, hasMid: number - _first < PacketsWithMid, body.Length);
        if (packet.PaddingLength > 0)
        {
            header[0] |= PaddingBit;
            _counters.PaddingBytesSent += packet.PaddingLength;
        }

        return WriteRtp(_sender, header[..length], body, output);
    }

    /// <summary>The original sequence number, then the original payload (RFC 4588 §4), without the padding that filled a run.</summary>
    private bool WriteRtx(Timestamp now, FeedRun run, in FeedPacket packet, long number, PayloadType type, DatagramWriter output)
    {
        var payload = packet.Payload;
        var body = Scratch().AsSpan(0, RtxPayload.Write(Scratch(), new SequenceNumber((ushort)number), payload));
        if (!run.Vp8.IsNone && packet.Codec == VideoCodec.Vp8)
        {
            run.Vp8.Apply(body[RtxPayload.HeaderLength..]);
        }

        Span<byte> header = stackalloc byte[MaxHeaderLength];
        var length = WriteHeader(
            now, header, packet.Marker, type, _rtxNumber, run.TimestampOf(packet), _track.RtxSsrc!.Value, hasMid: false, body.Length);
        if (!WriteRtp(RtxSender, header[..length], body, output))
        {
            return false;
        }

        _rtxNumber++;
        return true;
    }

    private int WriteHeader(
        Timestamp now, Span<byte> header, bool marker, PayloadType type, ushort number, uint timestamp, Ssrc ssrc, bool hasMid, int bodyLength)
    {
        if (hasMid && _track.MidExtensionId > 0)
        {
            Span<byte> elements = stackalloc byte[MaxHeaderLength];
            var extensions = new RtpExtensionsBuilder(elements);
            extensions.Add(_track.MidExtensionId, _mid);
            if (_viewer.TryTakeTransportSequence(now, _track, bodyLength, out var transportSequence))
            {
                extensions.AddUInt16(_track.TransportCcExtensionId, transportSequence);
            }

            return RtpHeaderWriter.Write(header, marker, type, new SequenceNumber(number), new RtpTimestamp(timestamp), ssrc, extensions);
        }

        var length = RtpHeaderWriter.Write(header, marker, type, new SequenceNumber(number), new RtpTimestamp(timestamp), ssrc);
        if (_viewer.TryTakeTransportSequence(now, _track, bodyLength, out var sequence))
        {
            // RFC 8285 §4.2, one-byte form: one word of one element of two bytes. The id was checked when the session was made.
            header[0] |= ExtensionBit;
            BinaryPrimitives.WriteUInt32BigEndian(header[length..], 0xBEDE_0001);
            BinaryPrimitives.WriteUInt32BigEndian(
                header[(length + 4)..], ((uint)((_track.TransportCcExtensionId << 4) | 1) << 24) | ((uint)sequence << 8));
            length += 8;
        }

        return length;
    }

    /// <summary>Encrypts a packet into the batch, which has been addressed; false when its number has no place in the stream.</summary>
    private bool WriteRtp(SrtpSender sender, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, DatagramWriter output)
    {
        var space = output.Reserve(header.Length + payload.Length + SrtpContext.MaxOverhead);
        var length = sender.Protect(header, payload, space);
        if (length == 0)
        {
            return false;
        }

        output.Commit(length);
        _counters.RtpPacketsSent++;
        _counters.RtpBytesSent += length;
        return true;
    }

    private static byte[] Scratch() => _scratch ??= new byte[PacketBuffer.MaxLength + RtxPayload.HeaderLength];
}
