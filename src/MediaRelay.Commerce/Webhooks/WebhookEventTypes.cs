using System.Collections.Immutable;

namespace MediaRelay.Commerce.Webhooks;

/// <summary>The names of what is told, and the patterns that choose among them.</summary>
public static class WebhookEventTypes
{
    public const string RoomOpened = "room.opened";
    public const string RoomClosed = "room.closed";
    public const string ViewerJoined = "viewer.joined";
    public const string ViewerHandedOff = "viewer.handedOff";
    public const string CoHostInvited = "cohost.invited";
    public const string CoHostAccepted = "cohost.accepted";
    public const string CoHostDeclined = "cohost.declined";
    public const string CoHostCancelled = "cohost.cancelled";
    public const string CoHostExpired = "cohost.expired";
    public const string CoHostLinked = "cohost.linked";
    public const string CoHostUnlinked = "cohost.unlinked";
    public const string CoHostLayout = "cohost.layout";
    public const string ShelfItemUpserted = "shelf.item.upserted";
    public const string ShelfItemRemoved = "shelf.item.removed";
    public const string ShelfItemSpotlighted = "shelf.item.spotlighted";
    public const string OrderAttributed = "order.attributed";
    public const string OrderQuarantined = "order.quarantined";
    public const string LedgerCheckpoint = "ledger.checkpoint";
    public const string OverlayPublished = "overlay.published";
    public const string OverlayClaimed = "overlay.claimed";
    public const string DrawOpened = "draw.opened";
    public const string DrawClosed = "draw.closed";
    public const string DrawRevealed = "draw.revealed";
    public const string InteractionTotals = "interaction.totals";
    public const string LeaderboardUpdated = "leaderboard.updated";
    public const string ReportReady = "report.ready";

    public const int MaxPatterns = 50;

    /// <summary>The rule for patterns in words, for error texts.</summary>
    public const string Allowed = "an event type, the first parts of one with .* behind, or *";

    public static ImmutableArray<string> All { get; } =
    [
        RoomOpened, RoomClosed, ViewerJoined, ViewerHandedOff, CoHostInvited, CoHostAccepted, CoHostDeclined,
        CoHostCancelled, CoHostExpired, CoHostLinked, CoHostUnlinked, CoHostLayout, ShelfItemUpserted, ShelfItemRemoved,
        ShelfItemSpotlighted, OrderAttributed, OrderQuarantined, LedgerCheckpoint, OverlayPublished, OverlayClaimed, DrawOpened,
        DrawClosed, DrawRevealed, InteractionTotals, LeaderboardUpdated, ReportReady,
    ];

    /// <summary>About money: never shed, however long a receiver is away.</summary>
    public static bool IsMoney(string type) =>
        type.StartsWith("order.", StringComparison.Ordinal) || type.StartsWith("ledger.", StringComparison.Ordinal);

    /// <summary>Whether a text chooses at least one type.</summary>
    public static bool IsPattern(string? text) => text is not null && All.Any(type => Matches(text, type));

    public static bool Matches(ImmutableArray<string> patterns, string type)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, type))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string pattern, string type) =>
        pattern == "*" || pattern == type
        || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1)));
}
