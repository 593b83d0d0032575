using System.Globalization;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.HandOffs;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Hand-offs: viewers go on in another room on the connection that they have.</summary>
internal static class HandOffEndpoints
{
    private const int MaxViewerIds = 10_000;
    private const string OneOfBoth = "either share or viewerIds";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapApi("POST", "/v1/rooms/{roomId}/hand-offs", "Hand-offs", "Move viewers to another room on the same connection.", Order())
            .WithDescription(
                "For the platform; for a merchant from its own room into another of its own, or into a room that co-hosts with it just now. "
                + "A viewer's picture and sound change to the other room's without a new offer; on its overlay channel it gets handOff and "
                + "then the other room's snapshot. The room through which it came in tonight stays its origin. Listeners on WebSockets and "
                + "return feeds stay. At most MediaRelay:Limits:HandOffsPerSecond leave a second.")
            .TakesHeader("Idempotency-Key", "Makes a repeat with the same body harmless: for an hour it is answered as before.")
            .Gives<HandOffResponse>(202).Refuses(400, 401, 403, 404, 413, 415, 422, 503);

    private static ApiEndpoint Order() => ApiCall
        .Permit("hand viewers off", call => Permissions.CanHandOff(call.Bearer, null))
        .Find("room", "roomId", (call, id) => call.FindRoom(id), (call, room) => Permissions.CanHandOff(call.Bearer, room.Facts()))
        .Read(ApiJson.Default.HandOffRequest)
        .Answer((call, room, body) => Task.FromResult(Order(call, room, body)));

    private static IResult Order(ApiContext call, RoomView room, HandOffRequest body)
    {
        if (!TryRead(call, room, body, out var order, out var malformed))
        {
            return malformed!;
        }

        if (!MayEnter(call, room, order.To))
        {
            return HttpProblem.Forbidden(
                "A merchant can hand viewers over to its own rooms, and to those that co-host with this room just now.");
        }

        if (call.FindRoom(order.To.Value) is null)
        {
            return HttpProblem.NotFound("room", order.To.Value);
        }

        if (order.To == order.From)
        {
            return HttpProblem.Unprocessable("toRoomId", order.To.Value, "another room than the one that they are in");
        }

        return call.Service<HandOffDesk>().TryOrder(call.At, order, out var answer, out var problem)
            ? Results.Json(
                new HandOffResponse(answer.Id, answer.Viewers), ApiJson.Default.HandOffResponse, statusCode: StatusCodes.Status202Accepted)
            : problem;
    }

    // A room that does not exist is nobody's: so whoever might own it learns that it is missing.
    private static bool MayEnter(ApiContext call, RoomView from, RoomId to) =>
        call.Bearer.Role == AccessRole.Platform
        || call.FindRoom(to.Value) is not { } target
        || target.Room.MerchantId.Value == call.Bearer.Merchant
        || (from.CoHost is { State: CoHostState.Active } session && session.HasRoom(to));

    private static bool TryRead(ApiContext call, RoomView room, HandOffRequest body, out HandOffOrder order, out ProblemResult? problem)
    {
        order = null!;
        List<ViewerId>? viewerIds = null;
        if (!RoomId.TryParse(body.ToRoomId, out var to))
        {
            problem = HttpProblem.BadRequest("toRoomId", body.ToRoomId, Identifier.Allowed);
        }
        else if (body.Share is null == body.ViewerIds is null)
        {
            problem = HttpProblem.BadRequest("share", body.Share is null ? null : "given together with viewerIds", OneOfBoth);
        }
        else if (body.Share is { } share && share is not (>= 0 and <= 1))
        {
            problem = HttpProblem.BadRequest("share", share.ToString(CultureInfo.InvariantCulture), "a number from 0 to 1");
        }
        else if (!TryReadViewers(body.ViewerIds, out viewerIds, out problem))
        {
            return false;
        }
        else
        {
            var key = call.Http.Request.Headers["Idempotency-Key"].ToString();
            problem = key.Length <= CoHostRequest.MaxIdempotencyKeyLength
                ? null
                : HttpProblem.BadRequest("Idempotency-Key", key, $"1 to {CoHostRequest.MaxIdempotencyKeyLength} characters");
            order = new HandOffOrder(call.AsParty(), room.Room.Id, to, body.Share, viewerIds, key.Length == 0 ? null : key);
        }

        return problem is null;
    }

    private static bool TryReadViewers(IReadOnlyList<string?>? given, out List<ViewerId>? viewerIds, out ProblemResult? problem)
    {
        problem = null;
        viewerIds = null;
        if (given is null)
        {
            return true;
        }

        if (given.Count is 0 or > MaxViewerIds)
        {
            problem = HttpProblem.BadRequest("viewerIds", $"{given.Count} viewers", $"1 to {MaxViewerIds} viewers");
            return false;
        }

        viewerIds = new List<ViewerId>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            if (!ViewerId.TryParse(given[i], out var viewerId))
            {
                problem = HttpProblem.BadRequest($"viewerIds[{i}]", given[i], Identifier.Allowed);
                return false;
            }

            viewerIds.Add(viewerId);
        }

        return true;
    }
}
