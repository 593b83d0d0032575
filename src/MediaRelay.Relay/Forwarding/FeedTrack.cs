using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>The continuous timeline of one track of a feed: where it stands and how a new source joins it.</summary>
internal sealed class FeedTrack(int clockRate, uint frameTicks)
{
    private Timestamp _lastFrameArrival;

    public int ClockRate { get; } = clockRate;

    public bool HasStarted { get; private set; }

    public long NextSequence { get; private set; }

    public uint LastTimestamp { get; private set; }

    /// <summary>Places the first packet of a new source behind everything that was sent.</summary>
    public void Join(Timestamp now, FeedSource.SourceTrack source, long sequence, uint timestamp, uint mediaTime)
    {
        var start = mediaTime;
        if (HasStarted)
        {
            // Continue by arrival: neither a jump that a jitter buffer would wait for, nor a step back. A pause shorter than two
            // frames is closed up, so that sound goes on without a gap.
            var elapsed = (now - _lastFrameArrival).Ticks * ClockRate / TimeSpan.TicksPerSecond;
            var advance = elapsed < 2 * frameTicks ? frameTicks : (uint)Math.Min(elapsed, uint.MaxValue / 2);
            start = LastTimestamp + advance;
        }

        source.IsStarted = true;
        source.FirstSequence = sequence;
        source.SequenceOffset = NextSequence - sequence;
        source.TimestampOffset = start - timestamp;
    }

    /// <summary>Notes a packet that goes out and returns its place; false when it is older than the source's first one.</summary>
    public bool TryPlace(
        Timestamp now, FeedSource.SourceTrack source, long sequence, uint timestamp, out long feedSequence, out uint feedTimestamp)
    {
        feedSequence = sequence + source.SequenceOffset;
        feedTimestamp = timestamp + source.TimestampOffset;
        if (sequence < source.FirstSequence)
        {
            return false;
        }

        if (!HasStarted || feedSequence >= NextSequence)
        {
            NextSequence = feedSequence + 1;
        }

        if (!HasStarted || (int)(feedTimestamp - LastTimestamp) > 0)
        {
            LastTimestamp = feedTimestamp;
            _lastFrameArrival = now;
        }

        HasStarted = true;
        return true;
    }
}
