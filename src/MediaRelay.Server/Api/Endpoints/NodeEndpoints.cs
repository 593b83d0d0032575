using System.Reflection;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Server.Api.Calls;
using MediaRelay.Server.Api.Contracts;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Problems;

namespace MediaRelay.Server.Api.Endpoints;

/// <summary>The node itself: what it does, and emptying it.</summary>
internal static class NodeEndpoints
{
    private const string Tag = "Node";

    private static readonly string Version =
        typeof(NodeEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi("GET", "/v1/nodes/self", Tag, "What this node does.", Self()).Gives<NodeResponse>().Refuses(401, 403);
        endpoints.MapApi("POST", "/v1/admin/drain", Tag, "Take no new sessions; running ones go on. The process stays.", Begin())
            .Gives<DrainResponse>().Refuses(401, 403);
        endpoints.MapApi("DELETE", "/v1/admin/drain", Tag, "Take sessions again.", End())
            .Gives<DrainResponse>().Refuses(401, 403, 409);
    }

    private static ApiEndpoint Self() => Operated("read the node's state")
        .Answer(call =>
        {
            var drain = call.Service<DrainState>();
            var rooms = call.Commerce().ListRooms();
            var notReady = call.Service<IEnumerable<IReadinessCheck>>()
                .Where(check => check.NotReadyBecause is not null)
                .Select(check => $"{check.Name}: {check.NotReadyBecause}");
            return Answers.Ok(
                new NodeResponse(
                    Version,
                    call.Service<IHostEnvironment>().EnvironmentName,
                    call.Service<NodeStart>().At,
                    drain.IsDraining,
                    drain.Since,
                    drain.SessionCount,
                    rooms.Length,
                    rooms.Count(room => room.Show is not null),
                    call.Commerce().ListCoHosts().Count(session => session.State == CoHostState.Active),
                    [.. notReady]),
                ApiJson.Default.NodeResponse);
        });

    private static ApiEndpoint Begin() => Operated("drain the node")
        .Answer(call =>
        {
            var drain = call.Service<DrainState>();
            drain.Begin();
            return Show(drain);
        });

    private static ApiEndpoint End() => Operated("end the drain")
        .Answer(call =>
        {
            var drain = call.Service<DrainState>();
            return drain.TryEnd() ? Show(drain) : HttpProblem.Conflict("The process is about to end.");
        });

    private static ApiCall Operated(string doing) => ApiCall.Permit(doing, call => Permissions.CanOperate(call.Bearer));

    private static IResult Show(DrainState drain) =>
        Answers.Ok(new DrainResponse(drain.IsDraining, drain.Since, drain.SessionCount), ApiJson.Default.DrainResponse);
}
