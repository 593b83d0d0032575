using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Options;

namespace MediaRelay.Server.CoHosting;

/// <summary>
/// The bit rates of a mixed picture and of its small one, from what the ways to their viewers carry: nine of ten viewers of each get it
/// whole. Pure.
/// </summary>
internal sealed class MixBitRates
{
    // A tenth of the viewers must not take the quality from the others; they get the small picture.
    private const double Left = 0.1;

    // A quarter of the pixels, at as many bits each.
    private const int SmallShare = 4;
    private const int LeastSmallShare = 3;

    private readonly long _least;
    private readonly FollowedBitRate _whole;
    private readonly FollowedBitRate _small;

    public MixBitRates(CoHostOptions options)
    {
        _least = Math.Min(options.LeastVideoBitRate, options.VideoBitRate);
        _whole = new FollowedBitRate(_least, options.VideoBitRate);
        _small = new FollowedBitRate(options.VideoBitRate / SmallShare / LeastSmallShare, options.VideoBitRate / SmallShare);
    }

    /// <summary>Bits per second of the picture.</summary>
    public long Whole => _whole.BitsPerSecond;

    /// <summary>Bits per second of the small picture; never more than a quarter of the other.</summary>
    public long Small => Math.Min(_small.BitsPerSecond, Whole / SmallShare);

    /// <summary>
    /// Takes the estimates of the viewers' ways, in bits per second, and sorts them; viewers whose way is not estimated have no say. True
    /// when a rate is another one from now on.
    /// </summary>
    public bool Update(Timestamp now, List<long> estimates)
    {
        var before = (Whole, Small);
        estimates.Sort();
        var narrow = estimates.FindIndex(estimate => RateFor(estimate) >= _least);
        narrow = narrow < 0 ? estimates.Count : narrow;
        _whole.Update(now, Carried(estimates, narrow, estimates.Count));
        _small.Update(now, Carried(estimates, 0, narrow));
        return before != (Whole, Small);
    }

    /// <summary>What nine of ten of them carry; without any there is no bound.</summary>
    private static long Carried(List<long> estimates, int from, int to) =>
        from == to ? long.MaxValue : RateFor(estimates[from + (int)((to - from) * Left)]);

    // With the room that the choice of layers leaves, so that a viewer for whom the rate was lowered can have it.
    private static long RateFor(long estimate) => (long)(estimate / LayerChooser.WantedMargin);
}
