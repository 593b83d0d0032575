using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>The continuous timeline of one track of a feed: where it stands and how a new source joins it. Layers share timestamps.</summary>
internal sealed class FeedTrack(int clockRate, uint frameTicks, int layers)
{
    // Timestamps of 90 kHz can be compared over 6.6 hours.
    private static readonly TimeSpan Comparable = TimeSpan.FromHours(1);

    private readonly LayerEnd[] _layers = new LayerEnd[layers];
    private Timestamp _lastFrameArrival;

    public int ClockRate { get; } = clockRate;

    public bool HasStarted { get; private set; }

    public uint LastTimestamp { get; private set; }

    /// <summary>Where the first packet of a new source lies: behind everything that was sent.</summary>
    public uint NextStart(Timestamp now, uint mediaTime)
    {
        if (!HasStarted)
        {
            return mediaTime;
        }

        // Continue by arrival: neither a jump that a jitter buffer would wait for, nor a step back. A pause shorter than two
        // frames is closed up, so that sound goes on without a gap.
        var elapsed = ElapsedTicks(now);
        return LastTimestamp + (elapsed < 2 * frameTicks ? frameTicks : (uint)Math.Min(elapsed, uint.MaxValue / 2));
    }

    /// <summary>Where the first packet of another layer of the source that plays lies when only its arrival tells.</summary>
    public uint StartByArrival(Timestamp now) => LastTimestamp + (uint)Math.Min(ElapsedTicks(now), uint.MaxValue / 2);

    /// <summary>The highest timestamp of one layer so far; null before its first packet, or when that was long ago.</summary>
    public uint? LastTimestampOf(Timestamp now, int layer) =>
        _layers[layer].NextSequence > 0 && now - _layers[layer].LastAt < Comparable ? _layers[layer].LastTimestamp : null;

    /// <summary>A packet with this number of the feed comes right behind the newest of its layer.</summary>
    public bool IsNext(int layer, long feedSequence) => _layers[layer].NextSequence == feedSequence;

    /// <summary>Ties a layer of a source to the timeline: its packet with this number and timestamp comes at <paramref name="start"/>.</summary>
    public void Join(SourceTrack source, int layer, long sequence, uint timestamp, uint start)
    {
        source.IsStarted = false;
        source.Align(timestamp, start - timestamp);
        source.IsStarted = true;
        source.FirstSequence = sequence;
        source.SequenceOffset = _layers[layer].NextSequence - sequence;
    }

    /// <summary>Notes a packet that goes out and returns its place; false when it is older than the source's first one.</summary>
    public bool TryPlace(
        Timestamp now, SourceTrack source, int layer, long sequence, uint timestamp, out long feedSequence, out uint feedTimestamp)
    {
        feedSequence = sequence + source.SequenceOffset;
        feedTimestamp = source.Place(timestamp);
        if (sequence < source.FirstSequence)
        {
            return false;
        }

        ref var end = ref _layers[layer];
        if (feedSequence >= end.NextSequence)
        {
            end.LastTimestamp = LastTimestampOf(now, layer) is not { } last || (int)(feedTimestamp - last) > 0 ? feedTimestamp : last;
            end.LastAt = now;
            end.NextSequence = feedSequence + 1;
        }

        if (!HasStarted || (int)(feedTimestamp - LastTimestamp) > 0)
        {
            LastTimestamp = feedTimestamp;
            _lastFrameArrival = now;
        }

        HasStarted = true;
        return true;
    }

    private long ElapsedTicks(Timestamp now) => (now - _lastFrameArrival).Ticks * ClockRate / TimeSpan.TicksPerSecond;

    private struct LayerEnd
    {
        public long NextSequence;
        public uint LastTimestamp;
        public Timestamp LastAt;
    }
}
