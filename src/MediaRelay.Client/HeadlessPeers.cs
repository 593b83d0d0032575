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
        _hostLoop = new ClientLoop("client-hosts", Clock, onFault, sendBursts: options.SendBursts);
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

    private ClientLoop EmptiestLoop => _viewerLoops.MinBy(loop => loop.PeerCount)!;

    /// <summary>Publishes a source; it belongs to the host, or is disposed when the server does not take it.</summary>
    public Task<JoinOutcome<HeadlessHost>> PublishAsync(
        WhipClient whip, string roomId, string? token, IMediaSource source, HostOptions options, CancellationToken cancellationToken) =>
        PublishAsync(offer => whip.PublishAsync(roomId, token, offer, cancellationToken), source, options);

    /// <summary>As above, over any signalling that takes an offer and gives the answer.</summary>
    public async Task<JoinOutcome<HeadlessHost>> PublishAsync(
        Func<string, Task<SignalingOutcome>> post, IMediaSource source, HostOptions options)
    {
        var host = new HeadlessHost(_context, options, source);
        var outcome = await JoinAsync(host, _hostLoop, post);
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
        WatchAsync(offer => whep.WatchAsync(roomId, token, offer, cancellationToken), options, observer);

    /// <summary>As above, over any signalling that takes an offer and gives the answer.</summary>
    public Task<JoinOutcome<HeadlessViewer>> WatchAsync(
        Func<string, Task<SignalingOutcome>> post, ViewerOptions options, ViewerObserver? observer) =>
        JoinAsync(new HeadlessViewer(_context, options, observer), EmptiestLoop, post);

    /// <summary>Joins a viewer to a server that makes the offer itself, on the loop that has the fewest.</summary>
    /// <param name="ask">Gives the session whose <see cref="SignalingSession.Answer"/> is the server's offer.</param>
    /// <param name="reply">Brings the answer to the server: null, or what was wrong.</param>
    public async Task<JoinOutcome<HeadlessViewer>> WatchOfferedAsync(
        Func<Task<SignalingOutcome>> ask,
        Func<SignalingSession, string, Task<SignalingProblem?>> reply,
        ViewerOptions options,
        ViewerObserver? observer)
    {
        var requestedAt = Clock.Now;
        var outcome = await ask();
        if (!outcome.IsCreated)
        {
            return new JoinOutcome<HeadlessViewer>(null, null, outcome.Problem, requestedAt, Clock.Now);
        }

        var viewer = new HeadlessViewer(_context, options, observer);
        var problem = viewer.TryAnswer(outcome.Session.Answer, out var answer, out var error)
            ? await reply(outcome.Session, answer)
            : new SignalingProblem(200, "The offer cannot be answered", error);
        var answeredAt = Clock.Now;
        problem ??= Start(viewer, EmptiestLoop);
        return new JoinOutcome<HeadlessViewer>(
            problem is null ? viewer : null, outcome.Session, problem, requestedAt, answeredAt);
    }

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

        var problem = peer.TryAccept(outcome.Session.Answer, out var error)
            ? Start(peer, loop)
            : new SignalingProblem(201, "The answer cannot be used", error);
        return new JoinOutcome<TPeer>(problem is null ? peer : null, outcome.Session, problem, requestedAt, answeredAt);
    }

    private static SignalingProblem? Start(ClientPeer peer, ClientLoop loop)
    {
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
