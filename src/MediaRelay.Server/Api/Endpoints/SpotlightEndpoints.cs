using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>What a room's viewers see for sale: its shelves, and each merchant's spotlight.</summary>
internal static class SpotlightEndpoints
{
    private const string Tag = "Shelf";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/rooms/{roomId}/spotlight/{merchantId}", Tag, "Show an item of the merchant now.", Put())
            .WithDescription("One spotlight per merchant, shown in all rooms of a co-host session.")
            .Gives<SpotlightResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 422, 503);
        endpoints.MapApi("DELETE", "/v1/rooms/{roomId}/spotlight/{merchantId}", Tag, "Show none of the merchant's items.", Delete())
            .GivesNothing().Refuses(401, 403, 404, 503);
        endpoints.MapApi("GET", "/v1/rooms/{roomId}/shelves", Tag, "What this room's viewers see now.", Shelves())
            .NeedsNoToken().Gives<RoomShelvesResponse>().Refuses(401, 403, 404);
    }

    private static ApiEndpoint Put() => Shown()
        .Read(ApiJson.Default.SpotlightRequest)
        .Answer(async (call, room, body) =>
        {
            if (!ItemId.TryParse(body.ItemId, out var itemId))
            {
                return HttpProblem.BadRequest("itemId", body.ItemId, Identifier.Allowed);
            }

            var text = call.Route("merchantId");
            if (!MerchantId.TryParse(text, out var merchantId))
            {
                return HttpProblem.NotFound("merchant", text);
            }

            var outcome = await call.Commerce().SetSpotlightAsync(call.At, room.Room.Id, new ItemKey(merchantId, itemId));
            return outcome.TryGet(out var spotlight, out var problem)
                ? Answers.Ok(ShelfViews.Show(spotlight), ApiJson.Default.SpotlightResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Delete() => Shown()
        .Answer(async (call, room) =>
        {
            var text = call.Route("merchantId");
            if (!MerchantId.TryParse(text, out var merchantId))
            {
                return HttpProblem.NotFound("merchant", text);
            }

            var outcome = await call.Commerce().ClearSpotlightAsync(call.At, room.Room.Id, merchantId);
            return outcome.Problem is { } problem ? problem.ToResult() : Results.NoContent();
        });

    private static ApiEndpoint Shelves() => ApiCall
        .PermitAnyone("read this room")
        .Find("room", "roomId", (call, id) => call.FindRoom(id), (call, room) =>
            Permissions.CanReadRoom(call.Token, call.Route("roomId"), room.Facts()))
        .Answer((call, room) => call.Commerce().GetRoomShelves(room.Room.Id).TryGet(out var shelves, out var problem)
            ? Answers.Ok(ShelfViews.Show(shelves), ApiJson.Default.RoomShelvesResponse)
            : problem.ToResult());

    private static ApiCall<RoomView> Shown() => ApiCall
        .Permit("set this spotlight", call =>
            Permissions.CanShowInRoom(call.Bearer, MerchantScopes.Shelf, call.Route("merchantId"), null, []))
        .Find("room", "roomId", (call, id) => call.FindRoom(id), (call, room) => Permissions.CanShowInRoom(
            call.Bearer, MerchantScopes.Shelf, call.Route("merchantId"), room.Facts(), SessionMerchants(room)));

    private static IReadOnlyCollection<string> SessionMerchants(RoomView? room) =>
        room?.CoHost is { State: CoHostState.Active } session ? session.MerchantIds()! : [];
}
