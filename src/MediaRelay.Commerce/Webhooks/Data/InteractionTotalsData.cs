namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>interaction.totals</c>: what a room's viewers did from one time to another; <c>viewers</c> are those at the end.</summary>
public sealed record InteractionTotalsData(
    DateTimeOffset From, DateTimeOffset To, long Viewers, long Joins, long Likes, long Comments, long Shares, long Follows,
    long Favorites, long AddToCarts, long Clicks) : WebhookData;
