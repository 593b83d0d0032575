using System.Collections.Concurrent;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;

namespace MediaRelay.LoadGenerator.Targets;

/// <summary>
/// MediaRelay: each room has a merchant of the same name, both made over REST; tokens are minted; a viewer that closes its connection
/// has left.
/// </summary>
internal sealed class MediaRelayTarget : WhepTarget
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);
    private readonly bool _makesRooms;
    private readonly TokenMinter _tokens;
    private readonly PlatformClient _platform;
    private readonly ConcurrentQueue<string> _made = new();

    public MediaRelayTarget(LoadTargetContext context)
        : base(context)
    {
        var options = context.Options;
        _makesRooms = options.Setup;
        _tokens = new TokenMinter(options.TokenKey, options.Secret, TimeProvider.System);
        var platformToken = _tokens.Platform(TokenLifetime);
        _platform = new PlatformClient(context.Http, options.Server, () => platformToken);
    }

    public override PlatformClient Platform => _platform;

    public override async Task<SignalingProblem?> SetUpRoomAsync(string room, CancellationToken cancellationToken)
    {
        if (!_makesRooms)
        {
            return null;
        }

        var problem = await _platform.PutMerchantAsync(room, $"Load {room}", cancellationToken)
            ?? await _platform.PutRoomAsync(room, room, $"Load {room}", isPublic: false, videoCodec: null, cancellationToken);
        if (problem is null)
        {
            _made.Enqueue(room);
        }

        return problem;
    }

    public override Task<SignalingProblem?> LeaveAsync(
        HeadlessViewer viewer, SignalingSession session, CancellationToken cancellationToken)
    {
        // The relay hears the close_notify; a request per leaver would be load that browsers that just go do not make.
        viewer.Close();
        return Task.FromResult<SignalingProblem?>(null);
    }

    public override async Task<IReadOnlyList<string>> TearDownAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        while (_made.TryDequeue(out var room))
        {
            if (await _platform.DeleteRoomAsync(room, cancellationToken) is { } problem)
            {
                left.Add($"room {room} was not deleted: {problem}");
            }
        }

        return left;
    }

    protected override string HostToken(string room) => _tokens.Host(room, $"{room}-host", TokenLifetime);

    protected override string ViewerToken(string room, string viewerId) => _tokens.Viewer(room, viewerId, TokenLifetime);
}
