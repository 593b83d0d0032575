using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record ShareCodeRequest(
    string? MerchantId,
    string? StoreId,
    string? GuideId,
    [property: Description("The code that this one passes on.")] string? ParentCode = null);

internal sealed record ShareCodeResponse(
    string Code, string MerchantId, string StoreId, string GuideId, string? ParentCode);

internal sealed record GuideSalesResponse(
    int Rank, string GuideId, string StoreId, string Currency, long Orders, long GrossMinor, long NetMinor);

internal sealed record LeaderboardResponse(
    string MerchantId,
    [property: Description("Begin of the window (inclusive), in event time.")] DateTimeOffset From,
    [property: Description("End of the window (exclusive).")] DateTimeOffset To,
    [property: Description("Net first, then gross; one row per guide and currency.")] IReadOnlyList<GuideSalesResponse> Guides);
