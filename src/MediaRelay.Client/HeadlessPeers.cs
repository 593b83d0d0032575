using System.Net.Sockets;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Loops;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Transport;

namespace MediaRelay.Client;

/// <summary>
/// The headless peers of a process: their loops, and how they join over WHIP and WHEP. Any thread. What it starts it ends on
/// <see cref="Dispose"/>; sessions that are to end at once on the server are deleted by the caller.
/// </summary>
public sealed class HeadlessPeers : IDisposable
{
    private readonly ClientPeerContext _context;
    private readonly ClientLoop _hostLoop;
    private readonly ClientLoop[] _viewerLoops;

    /// <param name="onFault">Hears of bugs, on the loop where they happened.</param>
    public HeadlessPeers(HeadlessPeersOptions options, TimeProvider timeProvider, Random random, Action<Exception> onFault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ViewerLoops, 1, nameof(options));
        _context = new ClientPeerContext(random);
        Clock = new LoopClock(timeProvider);
        _hostLoop = new ClientLoop("client-hosts", Clock, onFault);
        _viewerLoops =
        [
            .. Enumerable.Range(0, options.ViewerLoops).Select(
                index => new ClientLoop($"client-viewers-{index}", Clock, onFault, options.TurnInterval, options.TakeBursts)),
        ];
        foreach (var loop in Loops)
        {
            loop.Start();
        }
    }

    /// <summary>The clock of all times that the peers tell.</summary>
    public LoopClock Clock { get; }

    /// <summary>All loops, the hosts' first; for their counters.</summary>
    public IEnumerable<ClientLoop> Loops => [_hostLoop, .. _viewerLoops];

    /// <summary>Publishes a source; it belongs to the host, or is disposed when the server does not take it.</summary>
    public async Task<JoinOutcome<HeadlessHost>> PublishAsync(
        WhipClient whip, string roomId, string? token, IMediaSource source, HostOptions options, CancellationToken cancellationToken)
    {
        var host = new HeadlessHost(_context, options, source);
        var outcome = await JoinAsync(
            host, _hostLoop, offer => whip.PublishAsync(roomId, token, offer, cancellationToken));
        if (!outcome.IsJoined)
        {
            source.Dispose();
        }

        return outcome;
    }

    /// <summary>Joins a viewer on the loop that has the fewest.</summary>
    public Task<JoinOutcome<HeadlessViewer>> WatchAsync(
        WhepClient whep,
        string roomId,
        string? token,
        ViewerOptions options,
        ViewerObserver? observer,
        CancellationToken cancellationToken) =>
        JoinAsync(
            new HeadlessViewer(_context, options, observer),
            _viewerLoops.MinBy(loop => loop.PeerCount)!,
            offer => whep.WatchAsync(roomId, token, offer, cancellationToken));

    public void Dispose()
    {
        foreach (var loop in Loops)
        {
            loop.Dispose();
        }

        _context.Dispose();
    }

    private async Task<JoinOutcome<TPeer>> JoinAsync<TPeer>(TPeer peer, ClientLoop loop, Func<string, Task<SignalingOutcome>> post)
        where TPeer : ClientPeer
    {
        var requestedAt = Clock.Now;
        var outcome = await post(peer.Offer);
        var answeredAt = Clock.Now;
        if (!outcome.IsCreated)
        {
            return new JoinOutcome<TPeer>(null, null, outcome.Problem, requestedAt, answeredAt);
        }

        var problem = Start(peer, loop, outcome.Session.Answer);
        return new JoinOutcome<TPeer>(problem is null ? peer : null, outcome.Session, problem, requestedAt, answeredAt);
    }

    private static SignalingProblem? Start(ClientPeer peer, ClientLoop loop, string answer)
    {
        if (!peer.TryAccept(answer, out var error))
        {
            return new SignalingProblem(201, "The answer cannot be used", error);
        }

        try
        {
            loop.Add(peer);
            return null;
        }
        catch (SocketException e)
        {
            return new SignalingProblem(201, "No socket for the session", e.Message);
        }
    }
}
