using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;

namespace MediaRelay.Server.Api;

/// <summary>
/// In Development the list page gets links that carry freshly minted tokens, so that a browser on the machine can try
/// everything. Elsewhere the address does not exist.
/// </summary>
internal static class DevLinks
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static void MapDevLinks(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapGet("/dev/links", Read).ExcludeFromDescription();
        }
    }

    private static IResult Read(HttpContext http, CommerceHost commerce, AccessTokens tokens)
    {
        var audience = http.RequestServices.GetService<IRoomAudience>();
        var rooms = commerce.Service.ListRooms().Select(room => Link(room, tokens, audience));
        http.Response.Headers.CacheControl = "no-store";
        return Answers.Ok(
            new DevLinksResponse(
                tokens.Mint(AccessRole.Platform, "dev-platform", Lifetime),
                [.. rooms],
                "/ops#token=" + tokens.Mint(AccessRole.Operator, "dev-operator", Lifetime)),
            ApiJson.Default.DevLinksResponse);
    }

    private static DevLinkRoom Link(RoomView view, AccessTokens tokens, IRoomAudience? audience)
    {
        var room = RoomViews.Show(view, audience);

        // A viewer of its own per listing: two tabs are two viewers, as on a sale night.
        var viewer = tokens.Mint(AccessRole.Viewer, "dev-viewer-" + Guid.NewGuid().ToString("N")[..12], Lifetime, room: room.RoomId);
        var host = tokens.Mint(AccessRole.Host, "dev-host-" + room.RoomId, Lifetime, room: room.RoomId);
        var merchant = tokens.Mint(AccessRole.Merchant, "dev-merchant-" + room.MerchantId, Lifetime, merchant: room.MerchantId);
        return new DevLinkRoom(
            room.RoomId, room.Title, room.MerchantId, room.MerchantName, room.Orientation, room.Live, room.Viewers,
            $"/watch/{room.RoomId}#token={viewer}", $"/studio/{room.RoomId}#token={host}&merchant={merchant}");
    }
}
