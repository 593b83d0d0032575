namespace MediaRelay.Protocols.Bandwidth;

/// <summary>
/// The rate of what feedback reported, on one clock (the receiver's for what arrived, ours for what was sent): bytes in
/// buckets of 50 ms over the last 800 ms. Times of which no feedback tells, as it was lost, are left out rather than
/// counted as silence.
/// </summary>
internal sealed class ReportedRate
{
    private const long BucketMicroseconds = 50_000;
    private const int BucketCount = 16;
    private const int Unknown = -1;

    private readonly int[] _buckets = new int[BucketCount];
    private long _current = long.MinValue;
    private long _first;

    /// <summary>Adds a packet, its time in microseconds; one older than the window is ignored.</summary>
    public void Add(long time, int bytes)
    {
        var index = Advance(time);
        if (index <= _current - BucketCount)
        {
            return;
        }

        ref var bucket = ref Bucket(index);
        if (bucket != Unknown)
        {
            bucket += bytes;
        }
    }

    /// <summary>Leaves out the buckets between two times of which nothing is known.</summary>
    public void MarkUnknown(long from, long to)
    {
        if (_current == long.MinValue || to <= from)
        {
            return;
        }

        var last = Advance(to);
        for (var index = Math.Max(GetIndex(from), last - BucketCount + 1); index <= last; index++)
        {
            Bucket(index) = Unknown;
        }
    }

    /// <summary>
    /// Bits per second over the last complete buckets, <paramref name="milliseconds"/> (50 to 750, a multiple of 50)
    /// together; 0 while less than half of that is known.
    /// </summary>
    public long GetBitsPerSecond(int milliseconds)
    {
        var wanted = (int)(milliseconds * 1_000 / BucketMicroseconds);
        if (_current == long.MinValue || _current - _first < Math.Max(1, wanted / 2))
        {
            return 0;
        }

        long bytes = 0;
        var known = 0;
        for (var index = Math.Max(_current - wanted, _first); index < _current; index++)
        {
            var bucket = Bucket(index);
            if (bucket != Unknown)
            {
                bytes += bucket;
                known++;
            }
        }

        return known * 2 < wanted ? 0 : bytes * 8 * 1_000_000 / (known * BucketMicroseconds);
    }

    // Makes the bucket of a time the current one when it is later, and returns its index.
    private long Advance(long time)
    {
        var index = GetIndex(time);
        if (_current == long.MinValue || index - _current >= BucketCount)
        {
            // A pause this long, or another clock: nothing that is kept is within the window.
            Array.Clear(_buckets);
            _first = _current == long.MinValue ? index : index - BucketCount + 1;
            _current = index;
        }

        while (_current < index)
        {
            Bucket(++_current) = 0;
        }

        return index;
    }

    private static long GetIndex(long time) =>
        time >= 0 ? time / BucketMicroseconds : ((time + 1) / BucketMicroseconds) - 1;

    // The count is a power of two: masking also maps negative indices.
    private ref int Bucket(long index) => ref _buckets[(int)(index & (BucketCount - 1))];
}
