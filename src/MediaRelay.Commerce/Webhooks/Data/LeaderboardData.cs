using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary>One guide on the board.</summary>
public sealed record GuideRankData(
    int Rank, string GuideId, string StoreId, string Currency, long Orders, long GrossMinor, long NetMinor);

/// <summary><c>leaderboard.updated</c>: the board of one hour of event time, after sales or returns changed it.</summary>
public sealed record LeaderboardData(
    DateTimeOffset From, DateTimeOffset To, [property: Description("The first ten.")] IReadOnlyList<GuideRankData> Guides) : WebhookData;
