using System.Numerics;

namespace MediaRelay.Client.Statistics;

/// <summary>
/// Counts times in buckets that are at most 1/32 wide, from a microsecond to an hour, so that millions of samples of many threads cost
/// fixed memory and percentiles are true to 3 %. Any thread.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;
    private const long MaxMicroseconds = 3_600_000_000;
    private readonly long[] _buckets = new long[IndexOf(MaxMicroseconds) + 1];
    private long _count;
    private long _sum;
    private long _max;

    public long Count => Interlocked.Read(ref _count);

    public TimeSpan Max => TimeSpan.FromMicroseconds(Interlocked.Read(ref _max));

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Interlocked.Read(ref _sum) / Count);

    /// <summary>Adds a sample; negative ones count as zero, those over an hour as an hour.</summary>
    public void Record(TimeSpan time)
    {
        var microseconds = Math.Clamp(time.Ticks / TimeSpan.TicksPerMicrosecond, 0, MaxMicroseconds);
        Interlocked.Increment(ref _buckets[IndexOf(microseconds)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, microseconds);
        RaiseMax(microseconds);
    }

    /// <summary>Adds the samples of another histogram; samples that it takes meanwhile may be missing.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            Interlocked.Add(ref _buckets[i], Interlocked.Read(ref other._buckets[i]));
        }

        Interlocked.Add(ref _count, other.Count);
        Interlocked.Add(ref _sum, Interlocked.Read(ref other._sum));
        RaiseMax(Interlocked.Read(ref other._max));
    }

    /// <summary>The time that <paramref name="fraction"/> (0–1) of the samples do not exceed; zero without samples.</summary>
    public TimeSpan Percentile(double fraction)
    {
        var total = Count;
        var rank = Math.Max(1, (long)Math.Ceiling(fraction * total));
        var seen = 0L;
        for (var i = 0; i < _buckets.Length && total > 0; i++)
        {
            seen += Interlocked.Read(ref _buckets[i]);
            if (seen >= rank)
            {
                return TimeSpan.FromMicroseconds(Math.Min(HighestOf(i), Interlocked.Read(ref _max)));
            }
        }

        return Max;
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        Interlocked.Exchange(ref _count, 0);
        Interlocked.Exchange(ref _sum, 0);
        Interlocked.Exchange(ref _max, 0);
    }

    private void RaiseMax(long microseconds)
    {
        long max;
        while (microseconds > (max = Interlocked.Read(ref _max)))
        {
            Interlocked.CompareExchange(ref _max, microseconds, max);
        }
    }

    // Values below 32 have a bucket each; above, each power of two has 32.
    private static int IndexOf(long microseconds)
    {
        if (microseconds < SubBuckets)
        {
            return (int)microseconds;
        }

        var shift = BitOperations.Log2((ulong)microseconds) - SubBits;
        return (shift * SubBuckets) + (int)(microseconds >> shift);
    }

    private static long HighestOf(int index)
    {
        if (index < 2 * SubBuckets)
        {
            return index;
        }

        var shift = (index / SubBuckets) - 1;
        var lowest = (long)(index - (shift * SubBuckets)) << shift;
        return lowest + (1L << shift) - 1;
    }
}
