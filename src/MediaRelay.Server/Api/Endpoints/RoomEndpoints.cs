using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Rooms: created, listed, closed, deleted.</summary>
internal static class RoomEndpoints
{
    private const string Tag = "Rooms";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("PUT", "/v1/rooms/{roomId}", Tag, "Create or update a room.", Put())
            .WithDescription("A room belongs to one merchant for life; another merchantId is a conflict, also after DELETE.")
            .Gives<RoomResponse>().Gives<RoomResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 503);
        endpoints.MapApi("GET", "/v1/rooms/{roomId}", Tag, "Read a room.", Get())
            .NeedsNoToken().Gives<RoomResponse>().Refuses(401, 403, 404);
        endpoints.MapApi("GET", "/v1/rooms", Tag, "List the rooms that the token may read; without one, the public ones.", List())
            .NeedsNoToken().Gives<RoomListResponse>().Refuses(401);
        endpoints.MapApi("DELETE", "/v1/rooms/{roomId}", Tag, "Delete a room; its ledger entries and its owner stay.", Delete())
            .GivesNothing().Refuses(401, 403, 404, 409, 503);
        endpoints.MapApi("POST", "/v1/rooms/{roomId}/close", Tag, "End the running show and make its report.", Close())
            .Gives<RoomResponse>().Refuses(401, 403, 404, 503);
    }

    private static ApiEndpoint Put() => ApiCall
        .Permit("manage this room", call => Permissions.CanManageRoom(call.Bearer, call.FindRoom(call.Route("roomId")).Facts()))
        .Read(ApiJson.Default.RoomRequest)
        .Answer(async (call, _, body) =>
        {
            if (!RoomId.TryParse(call.Route("roomId"), out var id))
            {
                return HttpProblem.BadRequest("roomId", call.Route("roomId"), Identifier.Allowed);
            }

            if (!TryReadDraft(body, out var draft, out var malformed))
            {
                return malformed!;
            }

            if (call.Bearer.Role == AccessRole.Merchant && draft.MerchantId.Value != call.Bearer.Merchant)
            {
                return HttpProblem.Forbidden("A merchant's token can make rooms of this merchant only.");
            }

            var outcome = await call.Commerce().PutRoomAsync(call.At, id, draft);
            return outcome.TryGet(out var put, out var problem)
                ? Answers.OkOrCreated(put.IsCreated, $"/v1/rooms/{id}", call.Http, Show(call, put.Value), ApiJson.Default.RoomResponse)
                : problem.ToResult();
        });

    private static ApiEndpoint Get() => ApiCall
        .PermitAnyone("read this room")
        .Find("room", "roomId", (call, id) => call.FindRoom(id), MayRead)
        .Answer((call, room) => Answers.Ok(Show(call, room), ApiJson.Default.RoomResponse));

    private static ApiEndpoint List() => ApiCall
        .PermitAnyone("list rooms")
        .Answer(call =>
        {
            var rooms = call.Commerce().ListRooms()
                .Where(room => IsListed(call.Token, room))
                .Select(room => Show(call, room));
            return Answers.Ok(new RoomListResponse([.. rooms]), ApiJson.Default.RoomListResponse);
        });

    private static ApiEndpoint Delete() => Managed("delete this room")
        .Answer(async (call, room) =>
        {
            var outcome = await call.Commerce().DeleteRoomAsync(call.At, room.Room.Id);
            return outcome.Problem is { } problem ? problem.ToResult() : Results.NoContent();
        });

    private static ApiEndpoint Close() => Managed("close this room")
        .Answer(async (call, room) =>
        {
            var outcome = await call.Commerce().CloseRoomAsync(call.At, room.Room.Id);
            return outcome.TryGet(out var closed, out var problem)
                ? Answers.Ok(Show(call, closed), ApiJson.Default.RoomResponse)
                : problem.ToResult();
        });

    private static ApiCall<RoomView> Managed(string doing) => ApiCall
        .Permit(doing, call => Permissions.CanManageRoom(call.Bearer, null))
        .Find("room", "roomId", (call, id) => call.FindRoom(id), (call, room) => Permissions.CanManageRoom(call.Bearer, room.Facts()));

    internal static bool MayRead(ApiContext call, RoomView? room) =>
        Permissions.CanReadRoom(call.Token, call.Route("roomId"), room.Facts());

    // A merchant's list is its own rooms, not its own and everyone's public ones.
    private static bool IsListed(AccessToken? token, RoomView room) => token?.Role == AccessRole.Merchant
        ? room.Room.MerchantId.Value == token.Merchant
        : Permissions.CanReadRoom(token, room.Room.Id.Value, room.Facts());

    private static bool TryReadDraft(RoomRequest body, out RoomDraft draft, out ProblemResult? problem)
    {
        draft = null!;
        problem = null;
        if (!MerchantId.TryParse(body.MerchantId, out var merchantId))
        {
            problem = HttpProblem.BadRequest("merchantId", body.MerchantId, Identifier.Allowed);
        }
        else if (body.Orientation is not (null or "portrait" or "landscape"))
        {
            problem = HttpProblem.BadRequest("orientation", body.Orientation, "portrait, landscape");
        }
        else if (body.VideoCodec is not (null or "h264" or "vp8"))
        {
            problem = HttpProblem.BadRequest("videoCodec", body.VideoCodec, "h264, vp8");
        }
        else
        {
            draft = new RoomDraft(
                merchantId,
                body.Title,
                body.Orientation == "landscape" ? RoomOrientation.Landscape : RoomOrientation.Portrait,
                body.Public ?? false,
                body.VideoCodec switch { "h264" => RoomVideoCodec.H264, "vp8" => RoomVideoCodec.Vp8, _ => null });
        }

        return problem is null;
    }

    private static RoomResponse Show(ApiContext call, RoomView view) => RoomViews.Show(view, call.Http.RequestServices.GetService<IRoomAudience>());
}
