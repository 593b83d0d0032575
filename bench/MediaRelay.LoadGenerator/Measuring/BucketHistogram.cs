namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>A histogram as Prometheus has it: how many samples do not exceed each bound.</summary>
internal sealed class BucketHistogram
{
    private readonly SortedDictionary<double, long> _buckets = [];

    /// <summary>All samples.</summary>
    public long Count => _buckets.Count == 0 ? 0 : _buckets.Values.Max();

    /// <param name="bound">In seconds; infinity for the last one.</param>
    /// <param name="count">Samples up to the bound.</param>
    public void Add(double bound, long count) => _buckets[bound] = count;

    /// <summary>
    /// The time in seconds that a fraction (0–1) of the samples do not exceed, evenly spread within its bucket; the highest bound where
    /// it lies above all. 0 without samples.
    /// </summary>
    public double Quantile(double fraction)
    {
        var rank = fraction * Count;
        var (lowerBound, lowerCount) = (0.0, 0L);
        foreach (var (bound, count) in _buckets)
        {
            if (count >= rank && count > lowerCount)
            {
                return double.IsInfinity(bound) ? lowerBound : lowerBound + ((bound - lowerBound) * (rank - lowerCount) / (count - lowerCount));
            }

            (lowerBound, lowerCount) = (double.IsInfinity(bound) ? lowerBound : bound, count);
        }

        return lowerBound;
    }
}
