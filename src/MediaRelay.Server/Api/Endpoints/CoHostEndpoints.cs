using System.Collections.Immutable;
using MediaRelay.Commerce;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>Co-host sessions: two to four rooms joined for a time.</summary>
internal static class CoHostEndpoints
{
    private const string Tag = "Co-hosting";

    // A worker that is missing is not back within seconds.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("POST", "/v1/cohosts", Tag, "Join rooms, or invite to it.", Create())
            .WithDescription(
                "A merchant's call invites: every other merchant must accept within MediaRelay:CoHost:InviteTimeout. The platform's may "
                + "be active at once (state: active). A room in another active session is a conflict.")
            .TakesHeader("Idempotency-Key", "Makes a repeat with the same body harmless: it is answered with the same session.")
            .Gives<CoHostResponse>(201).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 503);
        endpoints.MapApi("GET", "/v1/cohosts", Tag, "List sessions, newest first.", List())
            .TakesQuery("roomId", "Only those of this room.")
            .TakesQuery("open", "false: also those that are over. Default true: invited and active ones.")
            .Gives<CoHostListResponse>().Refuses(400, 401, 403);
        endpoints.MapApi("GET", "/v1/cohosts/{cohostId}", Tag, "Read a session.", Get())
            .Gives<CoHostResponse>().Refuses(401, 403, 404);
        endpoints.MapApi("POST", "/v1/cohosts/{cohostId}/accept", Tag, "Give consent. Repeats are harmless.", Step(
            "accept this invitation",
            (call, session) => call.Commerce().AcceptCoHostAsync(call.At, session.Id, call.AsParty(), WhyNoMix(call, session.Rooms.Length, isBeginning: true))))
            .Gives<CoHostResponse>().Refuses(401, 403, 404, 409, 503);
        endpoints.MapApi("POST", "/v1/cohosts/{cohostId}/decline", Tag, "Refuse consent. Repeats are harmless.", Step(
            "decline this invitation", (call, session) => call.Commerce().DeclineCoHostAsync(call.At, session.Id, call.AsParty())))
            .Gives<CoHostResponse>().Refuses(401, 403, 404, 409, 503);
        endpoints.MapApi("DELETE", "/v1/cohosts/{cohostId}", Tag, "End a session, withdraw or decline an invitation. Repeats are harmless.", Step(
            "end this session", (call, session) => call.Commerce().EndCoHostAsync(call.At, session.Id, call.AsParty())))
            .Gives<CoHostResponse>().Refuses(401, 403, 404, 503);
        endpoints.MapApi("PATCH", "/v1/cohosts/{cohostId}", Tag, "Arrange the picture anew.", Arrange())
            .Gives<CoHostResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 422, 503);
    }

    private static ApiEndpoint Create() => ApiCall
        .Permit("co-host", call => Permissions.CanCoHost(call.Bearer, null))
        .Read(ApiJson.Default.CoHostCreateRequest)
        .Answer(async (call, _, body) =>
        {
            if (!TryReadRequest(call, body, out var request, out var malformed))
            {
                return malformed!;
            }

            if (RefuseRequest(call, body, request) is { } refused)
            {
                return refused;
            }

            var outcome = await call.Commerce().CreateCoHostAsync(
                call.At, call.AsParty(), request, WhyNoMix(call, request.Rooms.Count, body.State == "active"));
            return outcome.TryGet(out var put, out var problem)
                ? Answers.OkOrCreated(
                    isCreated: true, $"/v1/cohosts/{put.Value.Id}", call.Http, CoHostViews.Show(call.Commerce(), put.Value),
                    ApiJson.Default.CoHostResponse)
                : ToResult(problem);
        });

    private static ApiEndpoint List() => ApiCall
        .Permit("list co-host sessions", call => Permissions.CanCoHost(call.Bearer, null))
        .Answer(call =>
        {
            if (!call.TryReadText("roomId", out var text, out var problem) || !call.TryReadText("open", out var open, out problem))
            {
                return problem!;
            }

            RoomId? roomId = null;
            if (text is not null)
            {
                if (!RoomId.TryParse(text, out var parsed))
                {
                    return HttpProblem.BadRequest("roomId", text, Identifier.Allowed);
                }

                roomId = parsed;
            }

            if (open is not (null or "true" or "false"))
            {
                return HttpProblem.BadRequest("open", open, "true, false");
            }

            // A merchant sees the sessions that it takes part in, whichever room it asks about.
            var sessions = call.Commerce().ListCoHosts(roomId, openOnly: open != "false")
                .Where(session => Permissions.CanCoHost(call.Bearer, session.MerchantIds()))
                .Select(session => CoHostViews.Show(call.Commerce(), session));
            return Answers.Ok(new CoHostListResponse([.. sessions]), ApiJson.Default.CoHostListResponse);
        });

    private static ApiEndpoint Get() => OwnSession("read this session")
        .Answer((call, session) => Answers.Ok(CoHostViews.Show(call.Commerce(), session), ApiJson.Default.CoHostResponse));

    private static ApiEndpoint Step(string doing, Func<ApiContext, CoHostSession, Task<Outcome<CoHostSession>>> step) => OwnSession(doing)
        .Answer(async (call, session) => (await step(call, session)).TryGet(out var after, out var problem)
            ? Answers.Ok(CoHostViews.Show(call.Commerce(), after), ApiJson.Default.CoHostResponse)
            : ToResult(problem));

    private static ApiEndpoint Arrange() => OwnSession("arrange this session")
        .Read(ApiJson.Default.CoHostLayoutRequest)
        .Answer(async (call, session, body) =>
        {
            if (!LayoutJson.TryRead(body.Layout, out var layout, out var malformed))
            {
                return malformed!;
            }

            if (layout is null)
            {
                return HttpProblem.BadRequest("layout", null, CoHostLayout.AllowedNames);
            }

            if (body.At < 0)
            {
                return HttpProblem.BadRequest("at", $"{body.At}", "0 or more");
            }

            // Named even when it is to be soon: what viewers are told and what the mixer does is then the same picture.
            var at = body.At ?? call.Http.RequestServices.GetService<IMixArrangement>()?.FindNextChange(session);
            var outcome = await call.Commerce().SetLayoutAsync(call.At, session.Id, call.AsParty(), layout, at);
            return outcome.TryGet(out var after, out var problem)
                ? Answers.Ok(CoHostViews.Show(call.Commerce(), after), ApiJson.Default.CoHostResponse)
                : problem.ToResult();
        });

    private static ApiCall<CoHostSession> OwnSession(string doing) => ApiCall
        .Permit(doing, call => Permissions.CanCoHost(call.Bearer, null))
        .Find("co-host session", "cohostId", (call, id) => call.FindCoHost(id), (call, session) =>
            Permissions.CanCoHost(call.Bearer, session.MerchantIds()));

    private static bool TryReadRequest(ApiContext call, CoHostCreateRequest body, out CoHostRequest request, out ProblemResult? problem)
    {
        request = null!;
        problem = null;
        if (body.Rooms is not { Count: >= CoHostSession.MinRooms and <= CoHostSession.MaxRooms })
        {
            problem = HttpProblem.BadRequest(
                "rooms", body.Rooms is null ? null : $"{body.Rooms.Count} rooms", $"{CoHostSession.MinRooms} to {CoHostSession.MaxRooms} rooms");
            return false;
        }

        var rooms = ImmutableArray.CreateBuilder<RoomId>(body.Rooms.Count);
        for (var i = 0; i < body.Rooms.Count; i++)
        {
            if (!RoomId.TryParse(body.Rooms[i], out var roomId))
            {
                problem = HttpProblem.BadRequest($"rooms[{i}]", body.Rooms[i], Identifier.Allowed);
                return false;
            }

            if (rooms.Contains(roomId))
            {
                problem = HttpProblem.BadRequest($"rooms[{i}]", body.Rooms[i], "each room once");
                return false;
            }

            rooms.Add(roomId);
        }

        if (body.State is not (null or "active" or "invited"))
        {
            problem = HttpProblem.BadRequest("state", body.State, "active, invited");
            return false;
        }

        if (!LayoutJson.TryRead(body.Layout, out var layout, out problem))
        {
            return false;
        }

        var key = call.Http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > CoHostRequest.MaxIdempotencyKeyLength)
        {
            problem = HttpProblem.BadRequest("Idempotency-Key", key, $"1 to {CoHostRequest.MaxIdempotencyKeyLength} characters");
            return false;
        }

        request = new CoHostRequest(rooms.MoveToImmutable(), layout, body.State == "active", key.Length == 0 ? null : key);
        return true;
    }

    // What a well-formed request may still run into: rooms of others, a platform's privilege, a node that drains.
    private static ProblemResult? RefuseRequest(ApiContext call, CoHostCreateRequest body, CoHostRequest request)
    {
        if (call.Bearer.Role == AccessRole.Merchant)
        {
            var owners = request.Rooms.Select(id => call.Commerce().TryGetRoom(id, out var room) ? room.MerchantId.Value : null).ToList();
            if (!owners.Contains(call.Bearer.Merchant))
            {
                return HttpProblem.Forbidden("A merchant can join its own room with others, not others' rooms.");
            }

            if (body.State == "active" && owners.Exists(owner => owner != call.Bearer.Merchant))
            {
                return HttpProblem.Forbidden("Only the platform can make a session active without the other merchants' consent.");
            }
        }

        return call.Service<DrainState>().RefuseNewSession();
    }

    // Looked at last: what stands against the session itself is said first, and a repeat is answered as before.
    private static string? WhyNoMix(ApiContext call, int rooms, bool isBeginning)
    {
        var capacity = call.Http.RequestServices.GetService<ICoHostCapacity>();
        return isBeginning ? capacity?.WhyNoneToBegin(rooms) : capacity?.WhyNone(rooms);
    }

    private static ProblemResult ToResult(Problem problem) =>
        problem.Kind == ProblemKind.Unavailable ? HttpProblem.Unavailable(problem.Detail, RetryAfter) : problem.ToResult();
}
