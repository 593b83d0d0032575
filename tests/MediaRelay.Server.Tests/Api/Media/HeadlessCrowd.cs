using System.Collections.Concurrent;
using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Loops;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>Hosts and viewers without a browser, over the media port of a server.</summary>
internal sealed class HeadlessCrowd : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly HttpClient _http;
    private readonly HeadlessPeers _peers;
    private readonly WhipClient _whip;
    private readonly WhepClient _whep;
    private readonly List<Exception> _faults = [];
    private readonly ConcurrentDictionary<ClientPeer, (SignalingClient Client, SignalingSession Session, string Token)> _sessions = new();
    private readonly TokenMinter _tokens = new(TokenMinter.DevelopmentKey, TokenMinter.DevelopmentSecret, TimeProvider.System);

    public HeadlessCrowd(ApiServer server)
        : this(server.CreateClient())
    {
    }

    /// <param name="http">A client of the server with its address; belongs to the crowd from now on.</param>
    public HeadlessCrowd(HttpClient http)
    {
        _http = http;
        _whip = new WhipClient(_http, _http.BaseAddress!);
        _whep = new WhepClient(_http, _http.BaseAddress!);
        _peers = new HeadlessPeers(new HeadlessPeersOptions(), TimeProvider.System, new Random(7), fault =>
        {
            lock (_faults)
            {
                _faults.Add(fault);
            }
        });
    }

    /// <summary>The clock of all times that the peers tell.</summary>
    public Timestamp Now => _peers.Clock.Now;

    /// <summary>A host with a small picture that is live as soon as its first key frame is through.</summary>
    public async Task<HeadlessHost> PublishAsync(string roomId, SyntheticMediaOptions? source = null)
    {
        var token = _tokens.Host(roomId, $"host-of-{roomId}", Lifetime);
        var outcome = await _peers.PublishAsync(
            _whip, roomId, token,
            new SyntheticMediaSource(source ?? new SyntheticMediaOptions { BitRate = 200_000, Width = 180, Height = 320 }), new HostOptions(),
            CancellationToken.None);
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        _sessions[outcome.Peer] = (_whip, outcome.Session, token);
        return outcome.Peer;
    }

    public async Task<JoinOutcome<HeadlessViewer>> TryWatchAsync(
        string roomId, string identity, ViewerOptions? options = null, ViewerObserver? observer = null)
    {
        var token = _tokens.Viewer(roomId, identity, Lifetime);
        var outcome = await _peers.WatchAsync(_whep, roomId, token, options ?? new ViewerOptions(), observer, CancellationToken.None);
        if (outcome.IsJoined)
        {
            _sessions[outcome.Peer] = (_whep, outcome.Session, token);
        }

        return outcome;
    }

    /// <summary>Restarts a peer's ICE as a browser does whose network has changed; gives its new user name fragment.</summary>
    public async Task<string> RestartAsync(ClientPeer peer)
    {
        var (client, session, token) = _sessions[peer];
        var fragment = peer.OfferRestart(out var credentials);
        var outcome = await client.RestartAsync(session, token, fragment, CancellationToken.None);
        Assert.True(outcome.IsCreated, outcome.Problem?.ToString());
        Assert.NotEqual(session.ETag, outcome.Session.ETag);
        Assert.True(peer.TryRestart(credentials, outcome.Session.Answer, out var error), error);
        _sessions[peer] = (client, outcome.Session, token);
        return credentials.Ufrag;
    }

    /// <summary>A viewer that the server took and that is connected.</summary>
    public async Task<(HeadlessViewer Viewer, SignalingSession Session)> WatchAsync(
        string roomId, string identity, ViewerOptions? options = null, ViewerObserver? observer = null)
    {
        var outcome = await TryWatchAsync(roomId, identity, options, observer);
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        await outcome.Peer.Connected.WaitAsync(TimeSpan.FromSeconds(60));
        return (outcome.Peer, outcome.Session);
    }

    /// <summary>Ends a viewer's session as the page does that is closed.</summary>
    public async Task LeaveAsync(string roomId, string identity, SignalingSession session) =>
        Assert.Null(await _whep.DeleteAsync(session, _tokens.Viewer(roomId, identity, Lifetime), CancellationToken.None));

    public void Dispose()
    {
        _peers.Dispose();
        _http.Dispose();
        Assert.Empty(_faults);
    }
}
