namespace MediaRelay.LoadGenerator.Rooms;

/// <summary>Sizes of rooms that add up to a number of viewers, the largest first.</summary>
internal static class RoomSizes
{
    /// <summary>
    /// The exponent of live audiences: 3 % of what is shown has 80 % of the viewers, which for a Pareto distribution gives
    /// α = 1 / (1 − ln 0.8 / ln 0.03) = 1.07.
    /// </summary>
    public const double Alpha = 1.07;

    /// <summary>Every room has one viewer at least, unless there are fewer viewers than rooms or one room has them all.</summary>
    /// <param name="random">Seeded: the same seed gives the same rooms.</param>
    public static int[] Of(RoomSizeKind kind, int viewers, int rooms, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rooms, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(viewers);
        if (kind == RoomSizeKind.One)
        {
            return [viewers, .. new int[rooms - 1]];
        }

        var weights = new double[rooms];
        for (var i = 0; i < rooms; i++)
        {
            weights[i] = kind == RoomSizeKind.Pareto ? DrawPareto(random) : 1;
        }

        Array.Sort(weights);
        Array.Reverse(weights);
        return Share(viewers, weights);
    }

    /// <summary>One draw of a Pareto distribution from 1 up, by inversion.</summary>
    public static double DrawPareto(Random random) => Math.Pow(1 - random.NextDouble(), -1 / Alpha);

    // One viewer each, the rest by weight; what rounding down leaves goes to the largest fractions.
    private static int[] Share(int viewers, double[] weights)
    {
        var sizes = new int[weights.Length];
        Array.Fill(sizes, 1, 0, Math.Min(viewers, sizes.Length));
        var rest = viewers - Math.Min(viewers, sizes.Length);
        var total = weights.Sum();
        var fractions = new (double Fraction, int Room)[weights.Length];
        var given = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            var exact = rest * weights[i] / total;
            sizes[i] += (int)exact;
            given += (int)exact;
            fractions[i] = (exact - (int)exact, i);
        }

        foreach (var (_, room) in fractions.OrderByDescending(entry => entry.Fraction).ThenBy(entry => entry.Room).Take(rest - given))
        {
            sizes[room]++;
        }

        // A fraction may have lifted a room above one of the same whole size before it.
        Array.Sort(sizes);
        Array.Reverse(sizes);
        return sizes;
    }
}
