using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.LoadGenerator.Janus;
using MediaRelay.Protocols.Sdp;

namespace MediaRelay.LoadGenerator.Tests.Janus;

/// <summary>The whole conversation with a VideoRoom, in which Janus says what it really said.</summary>
public sealed class JanusTargetTests : IDisposable
{
    private readonly FakeJanus _server = new();
    private readonly HeadlessPeers _peers;
    private readonly List<Exception> _faults = [];

    public JanusTargetTests() =>
        _peers = new HeadlessPeers(new HeadlessPeersOptions(), TimeProvider.System, new Random(3), _faults.Add);

    [Fact]
    public async Task WatchAsync_JanusOffers_AnswersAsDtlsClientAndLeaves()
    {
        var target = await PublishedAsync();

        var outcome = await target.WatchAsync(
            "room", "viewer", new ViewerOptions(), new SilentObserver(), CancellationToken.None);

        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        var start = _server.Last("room start")["jsep"]!;
        Assert.Equal("answer", start["type"]!.GetValue<string>());
        Assert.True(SessionDescription.TryParse(start["sdp"]!.GetValue<string>(), out var answer, out var error), error);
        Assert.All(answer.Media, section => Assert.Equal(DtlsSetup.Active, section.Transport.Setup));
        Assert.All(answer.Media, section => Assert.Equal(MediaDirection.RecvOnly, section.Direction));
        Assert.Equal([(byte)111, (byte)107, (byte)108], answer.Media.SelectMany(section => section.Formats).Select(f => f.PayloadType));
        Assert.True(outcome.Peer.Session!.IsRemoteIceLite);
        Assert.Equal(5805770984157887UL, _server.Last("room join subscriber")["body"]!["streams"]![0]!["feed"]!.GetValue<ulong>());

        Assert.Null(await target.LeaveAsync(outcome.Peer, outcome.Session, CancellationToken.None));
        Assert.Empty(await target.TearDownAsync(CancellationToken.None));
        Assert.Equal(
            [
                "create", "attach", "room create", "room join publisher", "room publish", "trickle",
                "attach", "room join subscriber", "room start", "trickle", "detach", "room destroy", "destroy",
            ],
            _server.Asked);
    }

    [Fact]
    public async Task PublishAsync_JanusAnswersActive_HostIsDtlsServer()
    {
        var target = await PublishedAsync();
        Assert.Equal("h264", _server.Last("room create")["body"]!["videocodec"]!.GetValue<string>());
        Assert.Equal("offer", _server.Last("room publish")["jsep"]!["type"]!.GetValue<string>());
        Assert.Empty(await target.TearDownAsync(CancellationToken.None));
    }

    [Fact]
    public async Task WatchAsync_NoSuchFeed_SaysSoAndDetaches()
    {
        var target = await PublishedAsync();
        _server.Replies["room join subscriber"] = ["ack", "no-such-feed"];

        var outcome = await target.WatchAsync(
            "room", "viewer", new ViewerOptions(), new SilentObserver(), CancellationToken.None);

        Assert.Equal("200 Janus error 428: No such feed (7)", outcome.Problem!.ToString());
        Assert.Equal("detach", _server.Asked[^1]);
        await target.TearDownAsync(CancellationToken.None);
    }

    [Fact]
    public async Task SetUpRoom_WithOverlays_IsRefused()
    {
        var target = await TargetAsync("--data");
        Assert.NotNull(await target.SetUpRoomAsync("room", CancellationToken.None));
        Assert.Empty(_server.Asked);
    }

    public void Dispose()
    {
        _peers.Dispose();
        Assert.Empty(_faults);
    }

    private async Task<JanusTarget> PublishedAsync()
    {
        var target = await TargetAsync();
        Assert.Null(await target.SetUpRoomAsync("room", CancellationToken.None));
        var source = new SyntheticMediaSource(new SyntheticMediaOptions());
        var host = await target.PublishAsync("room", source, new HostOptions(), CancellationToken.None);
        Assert.True(host.IsJoined, host.Problem?.ToString());
        Assert.True(host.Peer.Session!.IsDtlsServer);
        return target;
    }

    private async Task<JanusTarget> TargetAsync(params string[] arguments)
    {
        LoadOptions? options = null;
        var command = new CommandLine((read, _) =>
        {
            options = read;
            return Task.FromResult(0);
        });
        Assert.Equal(0, await command.Parse(["--target", "janus", .. arguments]).InvokeAsync());
        return new JanusTarget(options!, _peers, _server);
    }

    private sealed class SilentObserver : ViewerObserver;
}
