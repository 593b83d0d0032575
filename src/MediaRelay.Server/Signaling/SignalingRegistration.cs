using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Signaling;

/// <summary>Registers and maps WHIP, WHEP and the overlay WebSocket.</summary>
internal static class SignalingRegistration
{
    public static IServiceCollection AddSignaling(this IServiceCollection services)
    {
        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<ICommerceListener>(provider => provider.GetRequiredService<RoomDirectory>());
        services.AddSingleton<SignalingEndpoints>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<EventsEndpoint>();
        return services;
    }

    public static void MapSignaling(this IEndpointRouteBuilder endpoints)
    {
        Describe(endpoints.MapPost("/whip/{roomId}", (HttpContext http, string roomId, SignalingEndpoints whip) => whip.PublishAsync(http, roomId)))
            .WithSummary("Publish into a room (WHIP, RFC 9725): SDP offer in, 201 with the answer out.");
        Describe(endpoints.MapPost("/whep/{roomId}", (HttpContext http, string roomId, SignalingEndpoints whep) => whep.WatchAsync(http, roomId)))
            .WithSummary("Watch a room (WHEP): SDP offer in, 201 with the answer out. The query value share names a share code.");
        Describe(endpoints.MapPost(
                "/whep/{roomId}/return", (HttpContext http, string roomId, SignalingEndpoints whep) => whep.ReturnAsync(http, roomId)))
            .WithSummary("The host's return feed: the co-hosted picture and the mix without this host's own sound.");
        foreach (var kind in new[] { "whip", "whep" })
        {
            var pattern = $"/{kind}/{{roomId}}/sessions/{{sessionId}}";
            endpoints.MapDelete(
                    pattern, (HttpContext http, string roomId, string sessionId, SessionEndpoints sessions) => sessions.Delete(http, roomId, sessionId))
                .WithTags("Media").WithSummary("End a session.");
            endpoints.MapPatch(
                    pattern, (HttpContext http, string roomId, string sessionId, SessionEndpoints sessions) => sessions.PatchAsync(http, roomId, sessionId))
                .WithTags("Media").WithSummary("Trickle candidates (204) or restart ICE (If-Match: \"*\", 200).");
        }

        endpoints.MapGet("/v1/rooms/{roomId}/events", (HttpContext http, string roomId, EventsEndpoint events) => events.ServeAsync(http, roomId))
            .WithTags("Overlays").WithSummary("The room's overlay messages as binary WebSocket frames; after=seq resumes.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route.WithTags("Media")
        .Produces(StatusCodes.Status201Created, contentType: "application/sdp")
        .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(406).ProducesProblem(409)
        .ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
}
