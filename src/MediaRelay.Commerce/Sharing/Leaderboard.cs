using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Sharing;

/// <summary>
/// A merchant's guides by what they sold in one window of event time: net first, then gross, then the guide's id.
/// </summary>
public sealed record Leaderboard(
    MerchantId MerchantId, DateTimeOffset From, DateTimeOffset To, ImmutableArray<GuideSales> Guides)
{
    public const int MaxGuides = 100;

    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The full hour that contains a time.</summary>
    public static DateTimeOffset WindowStart(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % Window.Ticks), TimeSpan.Zero);
}
