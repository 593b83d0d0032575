namespace MediaRelay.Server.HandOffs;

/// <summary>Which viewers of a room are meant.</summary>
internal static class HandOffChoice
{
    /// <summary>
    /// A share of them, 0–1, rounded to whole viewers and drawn at random: who came first is no better than who came last.
    /// </summary>
    public static IReadOnlyList<T> Draw<T>(IReadOnlyList<T> viewers, double share, Random random)
    {
        var drawn = viewers.ToArray();
        var count = (int)Math.Round(share * drawn.Length, MidpointRounding.AwayFromZero);
        for (var i = 0; i < count; i++)
        {
            var other = random.Next(i, drawn.Length);
            (drawn[i], drawn[other]) = (drawn[other], drawn[i]);
        }

        return drawn[..count];
    }
}
