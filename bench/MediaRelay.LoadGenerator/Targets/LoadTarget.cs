using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator.Targets;

/// <summary>
/// The kind of server that the load runs against: how its rooms are made, and how hosts and viewers join and leave. Any thread. Nothing
/// that a server answers throws; only cancellation does.
/// </summary>
internal abstract class LoadTarget
{
    /// <summary>The REST API for shelves, orders and co-host sessions; null where the server has none.</summary>
    public virtual PlatformClient? Platform => null;

    /// <summary>Makes a room; null, or what was wrong.</summary>
    public abstract Task<SignalingProblem?> SetUpRoomAsync(string room, CancellationToken cancellationToken);

    /// <summary>Publishes into a room; the source belongs to the host, or is disposed when the server does not take it.</summary>
    public abstract Task<JoinOutcome<HeadlessHost>> PublishAsync(
        string room, IMediaSource source, HostOptions options, CancellationToken cancellationToken);

    /// <summary>Joins a viewer to a room.</summary>
    public abstract Task<JoinOutcome<HeadlessViewer>> WatchAsync(
        string room, string viewerId, ViewerOptions options, ViewerObserver observer, CancellationToken cancellationToken);

    /// <summary>
    /// Lets a viewer leave as this server's clients do; null, or what was wrong. The peer itself is closed in any case.
    /// </summary>
    public virtual Task<SignalingProblem?> LeaveAsync(
        HeadlessViewer viewer, SignalingSession session, CancellationToken cancellationToken)
    {
        viewer.Close();
        return Task.FromResult<SignalingProblem?>(null);
    }

    /// <summary>Removes what was made; gives what could not be removed, in words.</summary>
    public abstract Task<IReadOnlyList<string>> TearDownAsync(CancellationToken cancellationToken);
}
