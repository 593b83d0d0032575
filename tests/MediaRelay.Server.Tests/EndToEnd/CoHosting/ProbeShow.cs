using MediaRelay.Client;
using MediaRelay.Client.Hosts;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;
using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.Api;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using MediaRelay.Testing;
using MediaRelay.Testing.Probes.Sources;
using MediaRelay.Testing.Probes.Viewers;
using MediaRelay.Transport;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>Two merchants' rooms with a probe host each, and who watches them. Ends with everybody gone.</summary>
internal sealed class ProbeShow(
    string prefix, ServerProcess server, UdpLink link, HeadlessPeers peers, HttpClient http, ITestOutputHelper output) : IAsyncDisposable
{
    /// <summary>Scene of a co-host session in the default layout.</summary>
    public const string Mix = "mix";

    public const string SoloA = "solo 0";
    public const string SoloB = "solo 1";

    private readonly List<HeadlessHost> _hosts = [];
    private readonly List<ProbeSeat> _seats = [];
    private readonly WhipClient _whip = new(http, server.Address);
    private readonly WhepClient _whep = new(http, server.Address);
    private readonly WhepClient _return = new(http, server.Address, WhepClient.DefaultPath + "/return");
    private string? _cohostId;

    public ITestOutputHelper Output => output;

    public ServerProcess Server => server;

    public UdpLink Link => link;

    public LoopClock Clock => peers.Clock;

    public ApiClient Platform { get; } = server.Platform;

    public string RoomA => $"{prefix}-room-a";

    public string RoomB => $"{prefix}-room-b";

    public string MerchantA => $"{prefix}-acme";

    public string MerchantB => $"{prefix}-zeta";

    /// <summary>What the hosts of A and B publish: one epoch, and cameras that are not in phase.</summary>
    public IReadOnlyList<ProbeSourceOptions> Sources { get; } = SourcesFrom(peers.Clock.Now);

    /// <summary>The host of A; null where it is somebody else.</summary>
    public ProbeSource? A { get; private set; }

    public ProbeSource B { get; private set; } = null!;

    public async Task RegisterAsync()
    {
        foreach (var (merchantId, roomId) in new[] { (MerchantA, RoomA), (MerchantB, RoomB) })
        {
            await Platform.PutAsync($"/v1/merchants/{merchantId}", new { name = merchantId }, 201);
            await Platform.PutAsync($"/v1/rooms/{roomId}", new { merchantId, title = roomId, videoCodec = "h264" }, 201);
        }
    }

    /// <summary>Both hosts go live.</summary>
    public async Task PublishAsync()
    {
        await PublishAAsync();
        await PublishBAsync();
    }

    /// <summary>The host of B alone goes live.</summary>
    public async Task PublishBAsync() => B = await PublishAsync(RoomB, Sources[1]);

    /// <summary>The host of A alone goes live.</summary>
    public async Task PublishAAsync() => A = await PublishAsync(RoomA, Sources[0]);

    /// <summary>Room B takes a host of any codec from now on.</summary>
    public Task FreeCodecOfBAsync() => Platform.PutAsync($"/v1/rooms/{RoomB}", new { merchantId = MerchantB, title = RoomB });

    /// <summary>The host of B alone goes live, in VP8.</summary>
    public async Task PublishBInVp8Async() => B = await PublishAsync(RoomB, Sources[1] with { Codec = VideoCodec.Vp8 });

    /// <summary>Somebody on a narrow line, whose feedback tells of it.</summary>
    public async Task<HeadlessViewer> WatchOverAsync(UdpLink narrow, string roomId, string name, ViewerObserver observer)
    {
        var token = Tokens.Mint(AccessRole.Viewer, $"{prefix}-{name}", room: roomId);
        var outcome = await peers.WatchAsync(
            async offer => LeadOver(narrow, await _whep.WatchAsync(roomId, token, offer, CancellationToken.None)),
            new ViewerOptions { VideoCodecs = [SdpCodec.H264], TransportFeedback = true }, observer);
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        return outcome.Peer;
    }

    /// <summary>A viewer who looks for both hosts alone and for them together.</summary>
    public async Task<ProbeSeat> WatchAsync(string roomId, string name, VideoCodec codec = VideoCodec.H264)
    {
        var probe = new ProbeViewer(name, codec, Sources, [ProbeScene.Solo(0), ProbeScene.Solo(1), SceneOf(Mix, Layout.Auto)], Clock);
        var options = new ViewerOptions { VideoCodecs = [codec == VideoCodec.H264 ? SdpCodec.H264 : SdpCodec.Vp8] };
        return await SeatAsync(_whep, roomId, Tokens.Mint(AccessRole.Viewer, $"{prefix}-{name}", room: roomId), probe, options);
    }

    /// <summary>Listens to what a room's host hears of the others.</summary>
    public Task<ProbeSeat> ListenToReturnAsync(string roomId, string name)
    {
        var probe = new ProbeViewer(name, codec: null, Sources, [], Clock);
        var options = new ViewerOptions { VideoCodecs = [], Data = false };
        return SeatAsync(_return, roomId, Tokens.Mint(AccessRole.Host, $"host-of-{roomId}", room: roomId), probe, options);
    }

    /// <summary>A layout of the session on a portrait picture.</summary>
    public ProbeScene SceneOf(string name, Layout layout) => ProbeScene.Of(name, layout, CanvasSize.Portrait, (RoomA, 0), (RoomB, 1));

    /// <summary>Joins both rooms at once, as the platform; gives when it was asked for.</summary>
    public async Task<Timestamp> StartCoHostAsync()
    {
        var at = Clock.Now;
        var answer = await Platform.PostAsync("/v1/cohosts", new { rooms = new[] { RoomA, RoomB }, state = "active" }, 201);
        _cohostId = answer.GetProperty("cohostId").GetString();
        return at;
    }

    public Task SetLayoutAsync(object layout, long? at) => Platform.PatchAsync($"/v1/cohosts/{_cohostId}", new { layout, at });

    /// <summary>Ends the co-host session; gives when that was asked for.</summary>
    public async Task<Timestamp> EndCoHostAsync()
    {
        var at = Clock.Now;
        var path = $"/v1/cohosts/{_cohostId}";
        _cohostId = null;
        using var answer = await Platform.SendAsync("DELETE", path);
        Assert.True(answer.IsSuccessStatusCode, $"DELETE {path}: {answer.StatusCode}");
        return at;
    }

    /// <summary>The server's answer to a host, with the link's address in the place of the server's.</summary>
    public string LeadOverLink(string answer) =>
        LeadOver(link, answer);

    private string LeadOver(UdpLink way, string answer) =>
        answer.Replace($" {server.Media.Port} typ host", $" {way.Address.Port} typ host", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_cohostId is not null && !server.HasExited)
        {
            await EndCoHostAsync();
        }

        foreach (var seat in _seats)
        {
            await seat.DisposeAsync();
        }

        foreach (var host in _hosts)
        {
            host.Close();
            await host.Closed;
        }
    }

    private static ProbeSourceOptions[] SourcesFrom(Timestamp epoch) =>
        [new(0, epoch), new(1, epoch) { Phase = TimeSpan.FromMilliseconds(13) }];

    private async Task<ProbeSource> PublishAsync(string roomId, ProbeSourceOptions options)
    {
        var source = new ProbeSource(options, Clock);
        var token = Tokens.Mint(AccessRole.Host, $"host-of-{roomId}", room: roomId);
        var outcome = await peers.PublishAsync(
            async offer => LeadOver(link, await _whip.PublishAsync(roomId, token, offer, CancellationToken.None)), source, new HostOptions());
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        _hosts.Add(outcome.Peer);
        return source;
    }

    private SignalingOutcome LeadOver(UdpLink way, SignalingOutcome outcome) => outcome.Session is { } session
        ? outcome with { Session = session with { Answer = LeadOver(way, session.Answer) } }
        : outcome;

    private async Task<ProbeSeat> SeatAsync(WhepClient client, string roomId, string token, ProbeViewer probe, ViewerOptions options)
    {
        var observer = new WhepProbeObserver(probe);
        var outcome = await peers.WatchAsync(client, roomId, token, options, observer, CancellationToken.None);
        Assert.True(outcome.IsJoined, outcome.Problem?.ToString());
        var seat = new ProbeSeat(outcome.Peer, probe, observer);
        _seats.Add(seat);
        return seat;
    }
}
