using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Reports;

/// <summary>A room's audience at a time, and what it did since the sample before.</summary>
/// <param name="At">The end of the while that is counted.</param>
/// <param name="Viewers">Present at that time.</param>
public sealed record ShowSample(
    ShowId ShowId, DateTimeOffset At, long Viewers, long Joins, long Likes, long Comments, long Shares, long Follows, long Favorites,
    long AddToCarts, long Clicks)
{
    /// <summary>Whether anybody did anything.</summary>
    public bool HasActivity => (Joins | Likes | Comments | Shares | Follows | Favorites | AddToCarts | Clicks) != 0;
}
