using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using MediaRelay.Client.Loops;
using MediaRelay.Protocols.Ice;
using MediaRelay.Protocols.Network;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Protocols.Stun;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd;

namespace MediaRelay.Server.Tests.Api.Media;

/// <summary>ICE restarts over WHIP and WHEP (RFC 9725 §4.3.3): what is answered, which credentials hold, and that media goes on.</summary>
public sealed class IceRestartTests : IAsyncLifetime, IDisposable
{
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string InOrder = "a=ice-ufrag:wxyz\r\na=ice-pwd:zyxwvutsrqponmlkjihgfedc\r\n";
    private static readonly IceCredentials Renewed = new("wxyz", "zyxwvutsrqponmlkjihgfedc");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1_000);

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("whip")]
    [InlineData("whep")]
    public async Task Restart_InOrder_GivesNewCredentialsAndAllCandidatesUnderAnotherETag(string kind)
    {
        var session = await OpenAsync(kind);
        var (restarted, tag) = await RestartAsync(session);

        Assert.True(restarted.IceLite);
        Assert.NotEqual(session.Remote.Ufrag, restarted.IceUfrag);
        Assert.NotEqual(session.Remote.Password, restarted.IcePwd);
        Assert.Equal(session.Candidates, restarted.Candidates.Select(candidate => (candidate.Address, candidate.Port)));
        Assert.True(restarted.EndOfCandidates);
        Assert.NotEqual(session.Tag, tag);
        Assert.False(EntityTagHeaderValue.Parse(tag).IsWeak);
    }

    [Theory]
    [InlineData("whip")]
    [InlineData("whep")]
    public async Task Patch_IfMatch_NamesTheNewestETagOrAny(string kind)
    {
        const string Candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.9 5000 typ host\r\n";
        var session = await OpenAsync(kind);
        await PatchAsync(session, Candidate, 204, session.Tag);
        var (_, tag) = await RestartAsync(session);

        var stale = await PatchAsync(session, Candidate, 412, session.Tag);
        Assert.Equal("If-Match", stale.GetProperty("field").GetString());
        Assert.Equal(tag, stale.GetProperty("allowed").GetString());
        await PatchAsync(session, InOrder, 412, session.Tag);
        await PatchAsync(session, Candidate, 412, $"W/{tag}");
        await PatchAsync(session, Candidate, 428, ifMatch: null);
        await PatchAsync(session, InOrder, 428, ifMatch: null);
        await PatchAsync(session, Candidate, 204, tag);
    }

    [Theory]
    [InlineData("", "neither credentials nor candidates")]
    [InlineData("nonsense", "line 1")]
    [InlineData("a=ice-ufrag:wxyz\r\n", "a=ice-pwd is missing")]
    [InlineData("a=ice-pwd:zyxwvutsrqponmlkjihgfedc\r\n", "a=ice-ufrag is missing")]
    [InlineData("a=ice-ufrag:x\r\na=ice-pwd:zyxwvutsrqponmlkjihgfedc\r\n", "line 1")]
    [InlineData("a=ice-ufrag:wxyz\r\na=ice-pwd:short\r\n", "line 2")]
    [InlineData("a=ice-ufrag:wx yz\r\na=ice-pwd:zyxwvutsrqponmlkjihgfedc\r\n", "line 1")]
    [InlineData("a=mid:0\r\na=end-of-candidates\r\n", "a=ice-ufrag")]
    public async Task Restart_MalformedFragment_Is400ThatSaysWhereAndChangesNothing(string body, string where)
    {
        foreach (var kind in new[] { "whip", "whep" })
        {
            var session = await OpenAsync(kind);
            var problem = await PatchAsync(session, body, 400, "*");
            Assert.Contains(where, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            await PatchAsync(session, "a=mid:0\r\na=end-of-candidates\r\n", 204, session.Tag);
        }
    }

    [Theory]
    [InlineData("whip")]
    [InlineData("whep")]
    public async Task Restart_ByOthersOrElsewhere_IsRefusedInTheContractsOrder(string kind)
    {
        var session = await OpenAsync(kind);
        await PatchAsync(session with { Client = _server.Anonymous }, InOrder, 401, "*");
        await PatchAsync(session with { Client = _server.Viewer("zeta-room") }, InOrder, 403, "*");
        await PatchAsync(session with { Address = session.Address + "x" }, "nonsense", 404, "*");
        using var wrongType = await session.Client.SendAsync("PATCH", session.Address, InOrder, "application/sdp", ("If-Match", "*"));
        Assert.Equal(415, (int)wrongType.StatusCode);
        await PatchAsync(session, "a=mid:0\r\na=end-of-candidates\r\n", 204, session.Tag);
    }

    [Theory]
    [InlineData("whip")]
    [InlineData("whep")]
    public async Task Restart_OldCredentials_HoldUntilTheFirstCheckOnTheNew(string kind)
    {
        var session = await OpenAsync(kind);
        using var peer = new CheckingPeer(session.MediaPort);
        await peer.CheckAsync(Offers.Credentials, session.Remote);

        // Restarts that nobody uses take nothing away.
        await RestartAsync(session);
        await RestartAsync(session);
        var (restarted, _) = await RestartAsync(session);
        await peer.CheckAsync(Offers.Credentials, session.Remote);

        var renewed = new IceCredentials(restarted.IceUfrag!, restarted.IcePwd!);
        await peer.CheckAsync(Renewed, renewed);

        // The relay answers in order: the answer that comes is that to the second check, so there was none to the first.
        peer.Send(Offers.Credentials, session.Remote);
        await peer.CheckAsync(Renewed, renewed);
        Assert.Equal(0, peer.Waiting);
    }

    [Fact]
    public async Task Restart_OfHostAndViewerWhileMediaFlows_LosesNothing()
    {
        using var crowd = new HeadlessCrowd(_server);
        var host = await crowd.PublishAsync("acme-room");
        var (viewer, _) = await crowd.WatchAsync("acme-room", "ann");
        await UntilAsync("the picture", () => viewer.Video!.Pictures >= 10);
        foreach (var peer in new ClientPeer[] { viewer, host, viewer })
        {
            var before = peer.NominatedUfrag;
            var ufrag = await crowd.RestartAsync(peer);
            Assert.NotEqual(before, ufrag);
            await UntilAsync("the new generation", () => peer.NominatedUfrag == ufrag);
            var (pictures, sounds) = (viewer.Video!.Pictures, viewer.Audio!.Packets);
            await UntilAsync("more of both", () => viewer.Video.Pictures >= pictures + 10 && viewer.Audio.Packets >= sounds + 10);
        }

        // Not one packet was late or lost, where 100 ms would be 3 pictures and 5 packets of sound.
        Assert.Equal((0, 0, 0), (viewer.Video!.Missing, viewer.Video.Gaps, viewer.Video.BrokenPictures));
        Assert.Equal((0, 0), (viewer.Audio!.Missing, viewer.Audio.Gaps));
        Assert.Equal(0, host.Counters.Nacked);
        Assert.False(host.Closed.IsCompleted || viewer.Closed.IsCompleted);
    }

    private static Task UntilAsync(string what, Func<bool> condition) =>
        Wait.UntilAsync(what, Patience, () => Task.FromResult(condition()));

    private async Task<Session> OpenAsync(string kind)
    {
        var client = kind == "whip" ? _server.Host("acme-room") : _server.Viewer("acme-room");
        var offer = kind == "whip" ? Offers.Host() : Offers.Viewer();
        using var response = await client.SendAsync("POST", $"/{kind}/acme-room", offer, "application/sdp");
        Assert.Equal(201, (int)response.StatusCode);
        Assert.True(SessionDescription.TryParse(await response.Content.ReadAsStringAsync(), out var answer, out var error), error);
        var section = answer.Media[0];
        return new Session(
            client, response.Headers.Location!.ToString(), response.Headers.ETag!.ToString(),
            new IceCredentials(
                (section.Transport.IceUfrag ?? answer.Transport.IceUfrag)!, (section.Transport.IcePwd ?? answer.Transport.IcePwd)!),
            [.. section.Candidates.Select(candidate => (candidate.Address, candidate.Port))]);
    }

    private static async Task<(SdpFragment Fragment, string Tag)> RestartAsync(Session session)
    {
        using var response = await session.Client.SendAsync("PATCH", session.Address, InOrder, Fragment, ("If-Match", "*"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 200, text);
        Assert.Equal(Fragment, response.Content.Headers.ContentType!.MediaType);
        Assert.True(SdpFragment.TryParse(text, out var fragment, out var error), error);
        return (fragment, response.Headers.ETag!.ToString());
    }

    private static async Task<JsonElement> PatchAsync(Session session, string body, int status, string? ifMatch)
    {
        using var response = await session.Client.SendAsync(
            "PATCH", session.Address, body, Fragment, ifMatch is null ? [] : [("If-Match", ifMatch)]);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}. {text}");
        return status >= 400 ? JsonDocument.Parse(text).RootElement : default;
    }

    /// <summary>What a POST gave: the server's credentials and candidates, and where to PATCH.</summary>
    private sealed record Session(
        ApiClient Client, string Address, string Tag, IceCredentials Remote, IReadOnlyList<(string Address, int Port)> Candidates)
    {
        public int MediaPort => Candidates[0].Port;
    }

    /// <summary>One socket that sends checks under any credentials.</summary>
    private sealed class CheckingPeer : IDisposable
    {
        private readonly UdpClient _socket = new();
        private readonly byte[] _buffer = new byte[StunMessageWriter.MaxBindingLength];
        private readonly TransportAddress _server;

        public CheckingPeer(int port)
        {
            _socket.Connect(IPAddress.Loopback, port);
            _server = TransportAddress.From(IPAddress.Loopback, (ushort)port);
        }

        public int Waiting => _socket.Available;

        public IceClientAgent Send(IceCredentials local, IceCredentials remote)
        {
            var agent = new IceClientAgent(local, remote, default, [_server], new Random(1));
            agent.Start(Start);
            Assert.True(agent.TryWriteDatagram(_buffer, out var length, out _));
            _socket.Send(_buffer.AsSpan(0, length));
            return agent;
        }

        /// <summary>Sends a check until an answer comes, which must be an authentic one to it.</summary>
        public async Task CheckAsync(IceCredentials local, IceCredentials remote)
        {
            var agent = Send(local, remote);
            using var patience = new CancellationTokenSource(Patience);
            var answer = await _socket.ReceiveAsync(patience.Token);
            Assert.True(agent.HandleDatagram(Start, answer.Buffer, new NetworkPath(default, _server)).IsAuthenticated);
        }

        public void Dispose() => _socket.Dispose();
    }
}
