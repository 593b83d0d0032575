using System.ComponentModel;

namespace MediaRelay.Server.Api.Contracts;

internal sealed record NodeResponse(
    string Version,
    string Environment,
    DateTimeOffset StartedAt,
    bool Draining,
    DateTimeOffset? DrainingSince,
    [property: Description("Sessions of hosts, viewers and listeners now.")] int Sessions,
    [property: Description("Rooms that exist.")] int Rooms,
    [property: Description("Rooms with a running show.")] int LiveRooms,
    [property: Description("Active co-host sessions.")] int CohostSessions,
    [property: Description("Why the node is not ready; empty when it is.")] IReadOnlyList<string> NotReady);

internal sealed record DrainResponse(bool Draining, DateTimeOffset? Since, int Sessions);
