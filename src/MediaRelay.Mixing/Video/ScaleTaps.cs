namespace MediaRelay.Mixing.Video;

/// <summary>
/// Which source samples make each sample of a result, along one direction: up to four neighbours, weighed by a triangle that is as wide
/// as a step between two results (so that nothing of the source is skipped when it shrinks), but never narrower than linear
/// interpolation needs. Immutable.
/// </summary>
internal sealed class ScaleTaps
{
    /// <summary>Samples per result: two for enlarging, four for shrinking by up to two.</summary>
    public const int Count = 4;

    private readonly int[] _weights;

    /// <param name="start">Where the part begins, in source samples; may be fractional or negative.</param>
    /// <param name="length">Source samples of the part; may be fractional. At most twice <paramref name="count"/>, up to rounding.</param>
    /// <param name="limit">Source samples that there are; those beyond the edges are the same as the outermost.</param>
    /// <param name="count">Result samples.</param>
    /// <param name="one">What the weights of a result add up to.</param>
    public ScaleTaps(double start, double length, int limit, int count, int one)
    {
        First = new int[count];
        _weights = new int[count * Count];
        IsIdentity = count == limit;
        var radius = Math.Clamp(length / count, 1, 2);
        Span<double> shares = stackalloc double[Count];
        for (var i = 0; i < count; i++)
        {
            var centre = start + ((i + 0.5) * length / count) - 0.5;
            var first = Math.Clamp((int)Math.Floor(centre - radius) + 1, 0, Math.Max(0, limit - Count));
            First[i] = first;
            Share(centre, radius, first, limit, shares);
            Round(shares, one, _weights.AsSpan(i * Count, Count));
            IsIdentity &= i - first is >= 0 and < Count && WeightsOf(i)[i - first] == one;
        }
    }

    /// <summary>Per result: its first source sample. Those behind it are within the source as far as their weight is not 0.</summary>
    public int[] First { get; }

    /// <summary>Every result is the source sample with its index.</summary>
    public bool IsIdentity { get; }

    /// <summary>The <see cref="Count"/> weights of a result.</summary>
    public ReadOnlySpan<int> WeightsOf(int index) => _weights.AsSpan(index * Count, Count);

    private static void Share(double centre, double radius, int first, int limit, Span<double> shares)
    {
        shares.Clear();
        var sum = 0.0;
        for (var at = (int)Math.Floor(centre - radius); at <= centre + radius; at++)
        {
            var share = radius - Math.Abs(at - centre);
            if (share > 0)
            {
                // Beyond an edge the outermost sample stands in.
                shares[Math.Clamp(Math.Clamp(at, 0, limit - 1) - first, 0, Count - 1)] += share;
                sum += share;
            }
        }

        foreach (ref var share in shares)
        {
            share /= sum;
        }
    }

    // What rounding leaves over goes to the heaviest, so that a plain area keeps its value exactly.
    private static void Round(ReadOnlySpan<double> shares, int one, Span<int> weights)
    {
        var (left, heaviest) = (one, 0);
        for (var i = 0; i < Count; i++)
        {
            weights[i] = (int)Math.Round(shares[i] * one);
            left -= weights[i];
            heaviest = weights[i] > weights[heaviest] ? i : heaviest;
        }

        weights[heaviest] += left;
    }
}
