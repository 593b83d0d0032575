using System.Diagnostics;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// Puts the payloads of one RTP stream together to whole frames. Packets are pushed in order of their sequence numbers
/// (what a jitter buffer gives); an older or repeated one is ignored, a missing one discards the frame it belongs to,
/// which is said once. A frame is whole at its marker; a sender that sets none is followed by the change of timestamp.
/// One thread at a time.
/// </summary>
public abstract class VideoDepacketizer
{
    /// <summary>
    /// Longest frame in bytes: 1 MiB, several times the largest key frame of 1080p at the bit rates of live video.
    /// </summary>
    public const int MaxFrameLength = 1024 * 1024;

    // An older packet than this is no late one: the sender began anew with other numbers.
    private const int MaxReordering = 1_000;

    private FrameBuffer _frame = new(MaxFrameLength);
    private FrameBuffer _finished = new(MaxFrameLength);
    private SequenceNumber _last;
    private RtpTimestamp _timestamp;
    private bool _isKeyFrame;
    private State _state = State.BeforeFirst;

    private enum State
    {
        // No packet yet.
        BeforeFirst,

        // The last frame is finished; the next packet begins another.
        Between,

        // Packets of the frame so far are all there.
        Building,

        // The frame cannot become whole; its remaining packets are passed over.
        Discarding,

        // The frame is whole but not yet given out, because the push that finished it gave out the one before.
        Finished,
    }

    public static VideoDepacketizer Create(VideoCodec codec) => codec switch
    {
        VideoCodec.H264 => new H264Depacketizer(),
        VideoCodec.Vp8 => new Vp8Depacketizer(),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "not a video codec"),
    };

    /// <summary>
    /// Takes the next packet. True when a frame is whole: <paramref name="frame"/> holds it until the next push.
    /// <paramref name="loss"/> says, with or without a frame, that something was discarded by this push.
    /// </summary>
    public bool TryPush(in RtpPacket packet, out EncodedFrame frame, out FrameLoss loss)
    {
        frame = default;
        loss = FrameLoss.None;
        var sequenceNumber = packet.SequenceNumber;
        var isFirst = _state == State.BeforeFirst;
        if (!isFirst && _last.DistanceTo(sequenceNumber) is <= 0 and > -MaxReordering)
        {
            return false;
        }

        var isGap = !isFirst && sequenceNumber != _last.Next;
        _last = sequenceNumber;
        var hasFrame = false;
        if (isGap)
        {
            // What was lost may have been the end of this frame, even when the next packet has another timestamp.
            hasFrame = _state == State.Finished && TryFinish(out frame, out _);
            loss = FrameLoss.Gap;
        }

        if (packet.Payload.IsEmpty)
        {
            // Padding alone: a probe that has a sequence number and nothing else. After a gap the frame stays broken.
            _state = isGap ? State.Discarding : _state;
            return hasFrame;
        }

        var isNewFrame = _state is State.BeforeFirst or State.Between or State.Finished || packet.Timestamp != _timestamp;
        if (isGap || isFirst)
        {
            Begin(packet.Timestamp, isWhole: IsFrameStart(packet.Payload));
        }
        else if (isNewFrame)
        {
            if (_state is State.Building or State.Finished)
            {
                hasFrame = TryFinish(out frame, out var unfinished);
                loss = unfinished;
            }

            Begin(packet.Timestamp, isWhole: true);
        }

        Take(packet, ref loss);
        if (packet.Marker)
        {
            EndFrame(ref hasFrame, ref frame, ref loss);
        }

        return hasFrame;
    }

    /// <summary>True when <paramref name="payload"/> certainly begins a frame, whatever was lost before it.</summary>
    private protected abstract bool IsFrameStart(ReadOnlySpan<byte> payload);

    /// <summary>Forgets what it knows of the frame before.</summary>
    private protected abstract void BeginFrame();

    /// <summary>Appends one payload's part of the frame.</summary>
    private protected abstract FrameLoss Append(FrameBuffer frame, ReadOnlySpan<byte> payload, ref bool isKeyFrame);

    /// <summary>False when the frame ends in the middle of something.</summary>
    private protected abstract bool IsComplete(FrameBuffer frame);

    private void Begin(RtpTimestamp timestamp, bool isWhole)
    {
        _frame.Clear();
        _timestamp = timestamp;
        _isKeyFrame = false;
        _state = isWhole ? State.Building : State.Discarding;
        BeginFrame();
    }

    private void Take(in RtpPacket packet, ref FrameLoss loss)
    {
        if (_state != State.Building)
        {
            return;
        }

        var problem = Append(_frame, packet.Payload, ref _isKeyFrame);
        if (problem != FrameLoss.None)
        {
            _state = State.Discarding;
            loss = problem;
        }
    }

    private void EndFrame(ref bool hasFrame, ref EncodedFrame frame, ref FrameLoss loss)
    {
        if (_state != State.Building)
        {
            _state = State.Between;
        }
        else if (hasFrame)
        {
            _state = State.Finished;
        }
        else
        {
            hasFrame = TryFinish(out frame, out var problem);
            loss = problem == FrameLoss.None ? loss : problem;
        }
    }

    private bool TryFinish(out EncodedFrame frame, out FrameLoss loss)
    {
        Debug.Assert(_state is State.Building or State.Finished, "no frame to finish");
        _state = State.Between;
        if (!IsComplete(_frame))
        {
            frame = default;
            loss = FrameLoss.Malformed;
            return false;
        }

        // Two buffers take turns, so that the frame given out stays while the next one begins.
        (_frame, _finished) = (_finished, _frame);
        frame = new EncodedFrame(_finished.Memory, _timestamp, _isKeyFrame);
        loss = FrameLoss.None;
        return true;
    }
}
