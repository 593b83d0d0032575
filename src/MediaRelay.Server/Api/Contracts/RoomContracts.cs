using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record RoomRequest(
    [property: Description("The merchant that owns the room for life.")] string? MerchantId,
    [property: Description("1 to 200 characters.")] string? Title,
    [property: Description("portrait (default) or landscape.")] string? Orientation = null,
    [property: Description("Whether watching needs no token; default false.")] bool? Public = null,
    [property: Description("h264 or vp8; without it the first host's offer decides.")] string? VideoCodec = null);

internal sealed record RoomResponse(
    string RoomId,
    string MerchantId,
    string MerchantName,
    string Title,
    string Orientation,
    bool Public,
    string? VideoCodec,
    [property: Description("Whether its host publishes or did a moment ago: a show runs.")] bool Live,
    [property: Description("The running show.")] string? ShowId,
    DateTimeOffset? LiveSince,
    [property: Description("The active co-host session that the room is in.")] string? CohostId,
    [property: Description("Viewers now; null where no media runs on this node.")] int? Viewers,
    DateTimeOffset CreatedAt);

internal sealed record RoomListResponse(IReadOnlyList<RoomResponse> Rooms);
