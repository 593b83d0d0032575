using System.ComponentModel;
using System.Text.Json;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record CoHostCreateRequest(
    [property: Description("2 to 4 different rooms; the first is the main one where the layout has one.")] IReadOnlyList<string?>? Rooms,
    [property: Description("auto (default), side-by-side, top-bottom, picture-in-picture, main-strip, or {tiles:[{roomId,x,y,w,h,z,fit}]}.")]
    JsonElement? Layout = null,
    [property: Description("active: the platform vouches for every merchant's consent.")] string? State = null);

internal sealed record CoHostLayoutRequest(
    [property: Description("As in creation.")] JsonElement? Layout,
    [property: Description("Media time (90 kHz) at which it takes effect; without it at once.")] long? At = null);

internal sealed record LayoutTileRequest(
    string? RoomId, double? X, double? Y, double? W, double? H, int? Z = null, string? Fit = null);

internal sealed record LayoutTilesRequest(IReadOnlyList<LayoutTileRequest?>? Tiles);

internal sealed record LayoutTileResponse(string RoomId, double X, double Y, double W, double H, int Z, string Fit);

internal sealed record LayoutTilesResponse(IReadOnlyList<LayoutTileResponse> Tiles);

internal sealed record CoHostMemberResponse(
    string RoomId,
    string MerchantId,
    string MerchantName,
    [property: Description("Whether the merchant's consent is recorded.")] bool Accepted,
    DateTimeOffset? AcceptedAt,
    [property: Description("Who gave it: merchant, or platform on the merchant's behalf; null while it is missing.")] string? AcceptedBy);

internal sealed record CoHostResponse(
    string CohostId,
    [property: Description("invited, active, declined, cancelled, expired or ended.")] string State,
    IReadOnlyList<string> Rooms,
    IReadOnlyList<CoHostMemberResponse> Members,
    [property: Description("A name, or {tiles:[…]}.")] JsonElement Layout,
    [property: Description("The merchant that asked; null for the platform.")] string? InvitedBy,
    DateTimeOffset InvitedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ActiveAt,
    DateTimeOffset? EndedAt);

internal sealed record CoHostListResponse(IReadOnlyList<CoHostResponse> Cohosts);
