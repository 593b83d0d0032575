using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record AudienceResponse(
    DateTimeOffset At, [property: Description("Present at that time; the rest since the row before.")] long Viewers, long Joins, long Likes,
    long Comments, long Shares, long Follows, long Favorites, long AddToCarts, long Clicks);

internal sealed record FunnelResponse(
    [property: Description("Null where the room is another merchant's.")] long? Joins,
    [property: Description("On this merchant's items.")] long Clicks,
    long Orders);

internal sealed record NamedCountResponse(string Name, long Count);

internal sealed record SalesMinuteResponse(DateTimeOffset At, string Currency, long Orders, long GrossMinor, long NetMinor);

internal sealed record OverlayFiguresResponse(
    long OverlaySeq, string? Type, DateTimeOffset? ShownAt, long Clicks, string? Currency, long Orders, long GrossMinor, long NetMinor,
    [property: Description("Orders per click, 0 to 1; null without clicks.")] double? Conversion);

internal sealed record GuideFiguresResponse(
    string ShareCode, string? GuideId, string? StoreId, [property: Description("With the code on their address, in this show.")] long Joins,
    string? Currency, long Orders, long GrossMinor, long NetMinor);

internal sealed record MomentResponse(
    DateTimeOffset At, [property: Description("90 kHz on the room's feed.")] long? MediaTime,
    [property: Description("began, ended, spotlight, overlay, cohost, layout or host.")] string Kind, string Subject, string Detail);

internal sealed record ReportResponse(
    string MerchantId,
    string MerchantName,
    string RoomId,
    string Title,
    [property: Description("Null for a room that was never live.")] string? ShowId,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset GeneratedAt,
    long Entries,
    [property: Description("Different orders with a sale.")] long Orders,
    long Lines,
    [property: Description("Sale lines whose viewer came in through another room than the one watched.")] long CameFromElsewhere,
    [property: Description("Lines of other merchants' orders that this merchant's traffic brought.")] long Referrals,
    long Redemptions,
    [property: Description("One row per currency.")] IReadOnlyList<CurrencyFiguresResponse> Money,
    IReadOnlyList<ItemFiguresResponse> Items,
    IReadOnlyList<ShareCodeFiguresResponse> ShareCodes,
    DateTimeOffset? From,
    DateTimeOffset? To,
    [property: Description("Number of the ledger's last entry when the figures were made.")] long HeadSeq,
    string Head,
    FunnelResponse Funnel,
    [property: Description("Every ten seconds; empty where the room is another merchant's.")] IReadOnlyList<AudienceResponse> Audience,
    [property: Description("By the room through which the viewer first came in tonight.")] IReadOnlyList<NamedCountResponse> JoinsByOrigin,
    IReadOnlyList<NamedCountResponse> ClicksByItem,
    IReadOnlyList<SalesMinuteResponse> SalesByMinute,
    IReadOnlyList<OverlayFiguresResponse> Overlays,
    IReadOnlyList<GuideFiguresResponse> Guides,
    [property: Description("This merchant's spotlights and overlays, and what all in the picture share.")] IReadOnlyList<MomentResponse> Timeline);
