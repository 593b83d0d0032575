using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// Measures a bit rate over a sliding window of twenty buckets, without allocating. One thread at a time.
/// </summary>
public sealed class BitRateMeter
{
    private const int BucketCount = 20;

    // Before this share of the window has passed, a rate would be that of one frame.
    private const int MinBuckets = 5;

    private readonly long _bucketNanoseconds;
    private readonly int[] _buckets = new int[BucketCount];
    private long _current;
    private long _first;
    private long _bytes;
    private bool _hasPackets;

    /// <param name="window">2 s for layers: long enough that a key frame does not look like a faster layer.</param>
    public BitRateMeter(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(BucketCount));
        _bucketNanoseconds = window.Ticks * 100 / BucketCount;
    }

    /// <summary>When the last packet came; meaningless before the first.</summary>
    public Timestamp LastPacket { get; private set; }

    public void Add(Timestamp now, int bytes)
    {
        if (!_hasPackets)
        {
            _hasPackets = true;
            _first = now.Nanoseconds;
            _current = now.Nanoseconds / _bucketNanoseconds;
        }

        Advance(now);
        _buckets[_current % BucketCount] += bytes;
        _bytes += bytes;
        LastPacket = now;
    }

    /// <summary>
    /// Bits per second over the window that ends now, or since the first packet when that is shorter; 0 in the first
    /// quarter of a window.
    /// </summary>
    public long GetBitsPerSecond(Timestamp now)
    {
        if (!_hasPackets)
        {
            return 0;
        }

        Advance(now);
        var start = Math.Max((_current - BucketCount + 1) * _bucketNanoseconds, _first);
        var span = now.Nanoseconds - start;
        return span < MinBuckets * _bucketNanoseconds ? 0 : (long)(_bytes * 8 * 1e9 / span);
    }

    /// <summary>Begins anew, as after a pause in which nothing was to be measured.</summary>
    public void Reset()
    {
        Array.Clear(_buckets);
        _bytes = 0;
        _hasPackets = false;
    }

    private void Advance(Timestamp now)
    {
        var index = now.Nanoseconds / _bucketNanoseconds;
        if (index - _current >= BucketCount)
        {
            Array.Clear(_buckets);
            _bytes = 0;
            _current = index;
        }

        while (_current < index)
        {
            ref var bucket = ref _buckets[++_current % BucketCount];
            _bytes -= bucket;
            bucket = 0;
        }
    }
}
