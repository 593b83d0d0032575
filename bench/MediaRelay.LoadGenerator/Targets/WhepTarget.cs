using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator.Targets;

/// <summary>
/// Any server that speaks plain WHIP (RFC 9725) and WHEP: rooms exist by being published into, one bearer token serves all, and who
/// leaves deletes the session.
/// </summary>
internal class WhepTarget : LoadTarget
{
    private readonly HeadlessPeers _peers;
    private readonly string? _bearer;
    private readonly WhipClient _whip;
    private readonly WhepClient _whep;

    public WhepTarget(LoadTargetContext context)
    {
        var options = context.Options;
        _peers = context.Peers;
        _bearer = options.Bearer;
        _whip = new WhipClient(context.Http, options.Server, options.WhipPath);
        _whep = new WhepClient(context.Http, options.Server, options.WhepPath);
    }

    public override Task<SignalingProblem?> SetUpRoomAsync(string room, CancellationToken cancellationToken) =>
        Task.FromResult<SignalingProblem?>(null);

    public override Task<JoinOutcome<HeadlessHost>> PublishAsync(
        string room, IMediaSource source, HostOptions options, CancellationToken cancellationToken) =>
        _peers.PublishAsync(_whip, room, HostToken(room), source, options, cancellationToken);

    public override Task<JoinOutcome<HeadlessViewer>> WatchAsync(
        string room, string viewerId, ViewerOptions options, ViewerObserver observer, CancellationToken cancellationToken) =>
        _peers.WatchAsync(_whep, room, ViewerToken(room, viewerId), options, observer, cancellationToken);

    public override async Task<SignalingProblem?> LeaveAsync(
        HeadlessViewer viewer, SignalingSession session, CancellationToken cancellationToken)
    {
        viewer.Close();
        return await _whep.DeleteAsync(session, _bearer, cancellationToken);
    }

    public override Task<IReadOnlyList<string>> TearDownAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    protected virtual string? HostToken(string room) => _bearer;

    protected virtual string? ViewerToken(string room, string viewerId) => _bearer;
}
