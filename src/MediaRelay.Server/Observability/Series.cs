namespace MediaRelay.Server.Observability;

/// <summary>One label set of one instrument: a number, and for a histogram its buckets. Thread-safe.</summary>
internal sealed class Series(double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private double _sum;
    private long _count;

    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
        }
    }

    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < bounds!.Length && value > bounds[bucket])
        {
            bucket++;
        }

        lock (_lock)
        {
            _buckets![bucket]++;
            _count++;
            _sum += value;
        }
    }

    /// <summary>The value of a counter or gauge; the sum of a histogram.</summary>
    public double Read()
    {
        lock (_lock)
        {
            return _sum;
        }
    }

    /// <summary>A histogram at one moment: observations per bucket (not cumulated; the last is above all bounds), their number and sum.</summary>
    public (long[] Buckets, long Count, double Sum) ReadHistogram()
    {
        lock (_lock)
        {
            return ((long[])_buckets!.Clone(), _count, _sum);
        }
    }
}
