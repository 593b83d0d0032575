namespace MediaRelay.Server.Api.Contracts;

internal sealed record DevLinkRoom(
    string RoomId,
    string Title,
    string MerchantId,
    string MerchantName,
    string Orientation,
    bool Live,
    int? Viewers,
    string WatchUrl,
    string StudioUrl);

internal sealed record DevLinksResponse(string PlatformToken, IReadOnlyList<DevLinkRoom> Rooms, string OpsUrl);
