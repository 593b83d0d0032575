using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Interactions;

/// <summary>Turns a rate that may change into whole events: what is due is what has accumulated since it was asked last.</summary>
internal sealed class Pace(Timestamp start)
{
    // A program that stood still does not make up for more than this.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    private Timestamp _last = start;
    private double _due;

    /// <summary>Takes the events that are due now at <paramref name="perSecond"/> since the last call.</summary>
    public int Take(Timestamp now, double perSecond)
    {
        var gap = now - _last;
        _last = now;
        _due += perSecond * (gap < LongestGap ? gap : LongestGap).TotalSeconds;
        var whole = (int)_due;
        _due -= whole;
        return whole;
    }
}
