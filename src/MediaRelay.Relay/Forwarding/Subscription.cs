using System.Text;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Srtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// One viewer's copy of one track of a feed: own SSRC, payload types and sequence numbers (feed number + a constant), shared
/// timestamps and payload. A new viewer starts at the newest key frame that the loop keeps and is fed what followed, quickly and with
/// its timestamps pressed together, until it is level with the feed.
/// </summary>
/// <remarks>
/// Pressed together, because a receiver takes the distance of timestamps for the distance of pictures: fed at their own distances, a
/// second of kept pictures leaves it a second behind the feed, and lip sync then holds the sound back as well.
/// </remarks>
internal sealed class Subscription
{
    // Long enough for a receiver to have learned the SSRC; a function of the sequence number, so that a resend is bit-identical.
    private const int PacketsWithMid = 64;
    private const int MaxHeaderLength = 64;
    private const int MaxResendsPerPacket = 3;

    // A kept second is through in an eighth of one: quicker than that is a burst that a phone's line drops, slower leaves a delay.
    private const int CatchUpPace = 8;

    // What a receiver sees of a kept second is 1/16 s, so the first pictures are shown at once, one after the other.
    private const int CatchUpPressed = 16;
    private static readonly TimeSpan KeyFrameRequestInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan YoungEnough = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastResendDistance = TimeSpan.FromMilliseconds(20);

    private readonly ViewerSession _viewer;
    private readonly FeedFanout _fanout;
    private readonly CodecPayloadTypes _payloadTypes;
    private readonly byte[] _mid;
    private readonly int _midExtensionId;
    private readonly ResendLimiter _resends = new(MaxResendsPerPacket, LeastResendDistance);
    private readonly ushort _firstNumber;
    private State _state = State.Waiting;
    private long _firstSequence;
    private long _cursor;
    private Timestamp _catchUpStarted;
    private Timestamp _catchUpFrom;
    private long _firstFresh;
    private uint _joinedAt;
    private Timestamp _nextKeyFrameRequest;

    public Subscription(
        ViewerSession viewer, FeedFanout fanout, bool isVideo, Ssrc ssrc, CodecPayloadTypes payloadTypes, string mid, int midExtensionId,
        ushort firstNumber)
    {
        _viewer = viewer;
        _fanout = fanout;
        IsVideo = isVideo;
        Ssrc = ssrc;
        _payloadTypes = payloadTypes;
        _mid = Encoding.ASCII.GetBytes(mid);
        _midExtensionId = midExtensionId;
        _firstNumber = firstNumber;
    }

    private enum State
    {
        Waiting,
        CatchingUp,
        Live,
    }

    public bool IsVideo { get; }

    /// <summary>Level with the feed; before that it waits for a key frame or catches up.</summary>
    public bool IsLive => _state == State.Live;

    public Ssrc Ssrc { get; }

    /// <summary>For sender reports; only media that was sent for the first time counts.</summary>
    public uint PacketsSent { get; private set; }

    public uint OctetsSent { get; private set; }

    public Timestamp LastSent { get; private set; } = Timestamp.Zero;

    public bool HasSent => PacketsSent > 0;

    public void Begin(Timestamp now)
    {
        _nextKeyFrameRequest = now;
        if (!IsVideo)
        {
            _state = State.Live;
            _firstSequence = -1;
        }
    }

    /// <summary>Sends one packet of the running feed.</summary>
    public void Send(Timestamp now, in FeedPacket packet, DatagramWriter output)
    {
        if (_state != State.Live)
        {
            return;
        }

        if (_firstSequence < 0)
        {
            _firstSequence = packet.Sequence;
        }

        if (packet.Sequence >= _firstSequence && Write(now, packet, output))
        {
            CountSent(now, packet);
        }
    }

    /// <summary>Starts from the kept key frame, and sends what followed it.</summary>
    public void CatchUp(Timestamp now, DatagramWriter output)
    {
        if (_state == State.Live)
        {
            return;
        }

        var history = _fanout.History(IsVideo);
        if (_state == State.Waiting && !TryStart(now, history))
        {
            return;
        }

        var horizon = _catchUpFrom + ((now - _catchUpStarted) * CatchUpPace);
        while (_cursor < history.Next)
        {
            if (history.TryGet(_cursor, out var packet))
            {
                if (packet.ReceivedAt > horizon)
                {
                    return;
                }

                if (Write(now, packet, output))
                {
                    CountSent(now, packet);
                }
            }

            _cursor++;
        }

        _state = State.Live;
    }

    /// <summary>Answers a NACK from what the loop keeps; each packet at most a few times and not twice within a round trip.</summary>
    public void Resend(Timestamp now, ushort number, TimeSpan roundTrip, DatagramWriter output)
    {
        if (!HasSent)
        {
            return;
        }

        var history = _fanout.History(IsVideo);
        var last = _state == State.CatchingUp ? _cursor - 1 : history.Next - 1;
        var sequence = last + (short)(ushort)(number - Number(last));
        if (sequence < _firstSequence || sequence > last)
        {
            _viewer.Counters.NacksUnanswered++;
            return;
        }

        if (!history.TryGet(sequence, out var packet))
        {
            // Either too old, or it never reached us: then asking the publisher is already under way.
            _viewer.Counters.NacksUnanswered++;
            return;
        }

        if (!_resends.TryTake(now, sequence, roundTrip))
        {
            _viewer.Counters.NacksLimited++;
            return;
        }

        if (Write(now, packet, output))
        {
            _viewer.Counters.PacketsResent++;
        }
    }

    private bool TryStart(Timestamp now, PacketHistory history)
    {
        var found = history.TryGetKeyFrame(now, out var keyFrame);
        if (now >= _nextKeyFrameRequest && (!found || now - keyFrame.ReceivedAt > YoungEnough))
        {
            // Coalesced at the feed: however many join, the host hears it once a second.
            _nextKeyFrameRequest = now + KeyFrameRequestInterval;
            _fanout.Feed.Home.Run(_fanout.Feed.RequestKeyFrame);
        }

        if (!found)
        {
            return false;
        }

        _state = State.CatchingUp;
        _firstSequence = keyFrame.Sequence;
        _cursor = keyFrame.Sequence;
        _catchUpStarted = now;
        _catchUpFrom = keyFrame.ReceivedAt;
        _firstFresh = history.Next;
        _joinedAt = history.TryGet(history.Next - 1, out var newest) ? newest.Timestamp : keyFrame.Timestamp;
        return true;
    }

    /// <summary>A function of the packet alone, so that a resend is bit-identical.</summary>
    private uint TimestampOf(in FeedPacket packet)
    {
        var age = (int)(_joinedAt - packet.Timestamp);
        return packet.IsVideo && packet.Sequence < _firstFresh && age > 0
            ? _joinedAt - (uint)(age / CatchUpPressed)
            : packet.Timestamp;
    }

    private ushort Number(long sequence) => (ushort)(_firstNumber + (sequence - _firstSequence));

    private bool Write(Timestamp now, in FeedPacket packet, DatagramWriter output)
    {
        var payloadType = packet.IsVideo ? _payloadTypes.ForVideo(packet.Codec) : _payloadTypes.Opus;
        if (payloadType is not { } type)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[MaxHeaderLength];
        Span<byte> elements = stackalloc byte[MaxHeaderLength];
        var extensions = new RtpExtensionsBuilder(elements);
        if (_midExtensionId > 0 && packet.Sequence - _firstSequence < PacketsWithMid)
        {
            extensions.Add(_midExtensionId, _mid);
        }

        var headerLength = RtpHeaderWriter.Write(
            header, packet.Marker, type, new SequenceNumber(Number(packet.Sequence)), new RtpTimestamp(TimestampOf(packet)), Ssrc,
            extensions);
        return _viewer.WriteRtp(now, header[..headerLength], packet.Payload, output);
    }

    private void CountSent(Timestamp now, in FeedPacket packet)
    {
        PacketsSent++;
        OctetsSent += (uint)packet.PayloadLength;
        LastSent = now;
        if (packet.IsVideo && PacketsSent == 1)
        {
            _viewer.NoteFirstVideo(now);
        }
    }
}
