using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Forwarding;

/// <summary>What a feed keeps per track of a source.</summary>
internal sealed class SourceTrack
{
    private Ssrc? _ssrc;
    private SequenceUnwrapper _unwrapper = new();
    private (Ssrc? Ssrc, CaptureMapping Mapping)? _nextMapping;
    private uint _alignedFrom;
    private uint _earlierOffset;

    /// <summary>The offsets below are valid: this track plays on the feed.</summary>
    public bool IsStarted { get; set; }

    public long FirstSequence { get; set; }

    public long SequenceOffset { get; set; }

    /// <summary>What is added to the timestamps of the newest picture.</summary>
    public uint TimestampOffset { get; private set; }

    public CaptureMapping? Mapping { get; private set; }

    /// <summary>The highest number that came, played or not; −1 before the first.</summary>
    public long Highest { get; set; } = -1;

    /// <summary>It comes back after a pause under the timestamps that it had.</summary>
    public bool KeepsTimestamps { get; set; }

    public Timestamp LastPacketAt { get; set; } = Timestamp.Zero;

    /// <summary>When the offset was corrected while it played.</summary>
    public Timestamp AlignedAt { get; set; } = new(long.MinValue / 2);

    /// <summary>From the packet with this timestamp on, its place on the feed is that much later.</summary>
    public void Align(uint timestamp, uint offset)
    {
        _earlierOffset = IsStarted ? TimestampOffset : offset;
        _alignedFrom = timestamp;
        TimestampOffset = offset;
    }

    /// <summary>The place on the feed of a packet with this timestamp, also of one that is late.</summary>
    public uint Place(uint timestamp)
    {
        var distance = (int)(timestamp - _alignedFrom);
        if (distance > 1 << 30)
        {
            // Long before the timestamps wrap around the point of the last alignment.
            Align(timestamp, TimestampOffset);
        }

        return timestamp + (distance < 0 ? _earlierOffset : TimestampOffset);
    }

    /// <summary>True when the packet begins another stream than the one before: its numbers and timestamps are its own.</summary>
    public bool IsOtherStream(Ssrc ssrc) => _ssrc is { } known && known != ssrc;

    /// <summary>
    /// Takes what a sender report said of a stream (null: of any that comes, as all are of one clock). That of a stream whose packets
    /// have not come yet, because they are on another way or nobody watches it, waits for them.
    /// </summary>
    public void SetMapping(Ssrc? ssrc, CaptureMapping mapping)
    {
        var isPresent = _ssrc is { } known && (ssrc is null || ssrc == known);
        if (isPresent)
        {
            Mapping = mapping;
        }

        if (!isPresent || ssrc is null)
        {
            _nextMapping = (ssrc, mapping);
        }
    }

    /// <summary>Unwraps a packet's number; another stream's begin anew.</summary>
    public long Unwrap(Ssrc ssrc, SequenceNumber number)
    {
        if (_ssrc != ssrc)
        {
            _ssrc = ssrc;
            _unwrapper = new SequenceUnwrapper();
            Highest = -1;
            Mapping = _nextMapping is { } next && (next.Ssrc is null || next.Ssrc == ssrc) ? next.Mapping : null;
            KeepsTimestamps = false;
        }

        return _unwrapper.Unwrap(number);
    }
}
