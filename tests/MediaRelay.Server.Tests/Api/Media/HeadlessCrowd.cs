using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Platform;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>Hosts and viewers without a browser, over the media port of a server in this process.</summary>
internal sealed class HeadlessCrowd : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly HttpClient _http;
    private readonly HeadlessPeers _peers;
    private readonly WhipClient _whip;
    private readonly WhepClient _whep;
    private readonly List<Exception> _faults = [];
    private readonly TokenMinter _tokens = new(TokenMinter.DevelopmentKey, TokenMinter.DevelopmentSecret, TimeProvider.System);

    public HeadlessCrowd(ApiServer server)
    {
        _http = server.CreateClient();
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

    /// <summary>A host with a small picture that is live as soon as its first key frame is through.</summary>
    public async Task<HeadlessHost> PublishAsync(string roomId, SyntheticMediaOptions? source = null)
    {
        var outcome = await _peers.PublishAsync(
            _whip, roomId, _tokens.Host(roomId, $"host-of-{roomId}", Lifetime),
            new SyntheticMediaSource(source ?? new SyntheticMediaOptions { BitRate = 200_000, Width = 180, Height = 320 }), new HostOptions(),
            CancellationToken.None);
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        return outcome.Peer;
    }

    public Task<JoinOutcome<HeadlessViewer>> TryWatchAsync(
        string roomId, string identity, ViewerOptions? options = null, ViewerObserver? observer = null) =>
        _peers.WatchAsync(
            _whep, roomId, _tokens.Viewer(roomId, identity, Lifetime), options ?? new ViewerOptions(), observer, CancellationToken.None);

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
