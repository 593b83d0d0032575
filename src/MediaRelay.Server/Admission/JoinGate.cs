using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Media;
using MediaRelay.Server.Options;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Overload;
using MediaRelay.Server.Problems;
using MediaRelay.Relay.Sessions;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Admission;

/// <summary>
/// The last check of a session: whether the node takes it just now. Hosts and their return feeds are not turned away by load: those who
/// watch wait for them.
/// </summary>
internal sealed class JoinGate(
    DrainState drain, OverloadMonitor overload, JoinLimiter limiter, OverlayHub overlays, MediaHost media, IOptions<LimitsOptions> limits,
    TimeProvider time)
{
    // The loops must have been calm for a while; asking again at once is part of the load.
    private static readonly TimeSpan AfterOverload = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFull = TimeSpan.FromSeconds(2);

    /// <summary>Null when a host's session or return feed may be made.</summary>
    public JoinRefusal? RefuseHost(HttpContext http) =>
        RefuseDraining() ?? limiter.Refuse(time.GetUtcNow(), http.Connection.RemoteIpAddress);

    /// <summary>Null when a viewer may come into the room, with media or without.</summary>
    public JoinRefusal? RefuseViewer(HttpContext http, RoomId roomId) =>
        RefuseDraining() ?? RefuseOverloaded() ?? RefuseFull(roomId)
        ?? limiter.Refuse(time.GetUtcNow(), http.Connection.RemoteIpAddress);

    /// <summary>Why the relay itself had no place for a session.</summary>
    public JoinRefusal Explain(SessionOutcome outcome)
    {
        var reason = limits.Value.HalfOpenDtls > 0 && media.Relay.HalfOpenCount >= limits.Value.HalfOpenDtls
            ? JoinRefusal.HalfOpenDtls
            : JoinRefusal.ViewersPerRoom;
        return new JoinRefusal(reason, HttpProblem.Unavailable(outcome.Reason!, AfterFull, reason));
    }

    private JoinRefusal? RefuseDraining() =>
        drain.RefuseNewSession() is { } problem ? new JoinRefusal(JoinRefusal.Draining, problem) : null;

    private JoinRefusal? RefuseOverloaded() => overload.Level == OverloadLevel.None
        ? null
        : new JoinRefusal(JoinRefusal.Overloaded, HttpProblem.Unavailable(
            "The node has as much to do as it can; who watches goes on.", AfterOverload, JoinRefusal.Overloaded));

    // The relay counts its own viewers once more, under its lock; here those on WebSockets count too.
    private JoinRefusal? RefuseFull(RoomId roomId)
    {
        var most = limits.Value.ViewersPerRoom;
        return most == 0 || overlays.CountViewers(roomId) < most
            ? null
            : new JoinRefusal(JoinRefusal.ViewersPerRoom, HttpProblem.Unavailable(
                $"The room '{roomId}' has {most} viewers, which is the limit.", AfterFull, JoinRefusal.ViewersPerRoom));
    }
}
