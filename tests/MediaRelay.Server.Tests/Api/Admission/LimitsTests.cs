using System.Net;
using System.Text.Json;
using MediaRelay.Client.Viewers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Overlays;
using MediaRelay.Server.Tests.Api.Media;
using MediaRelay.Server.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Admission;

/// <summary>Each limit of the settings: what happens at it, that 0 is off, and how near it is by the metrics.</summary>
public sealed class LimitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ViewerOptions DataOnly = new() { Audio = false, VideoCodecs = [] };

    private readonly FrozenClock _clock = new();

    [Fact]
    public async Task ViewersPerRoom_Reached_OneMoreIs503UntilOneLeaves()
    {
        using var server = await StartAsync(("ViewersPerRoom", "2"));
        using var crowd = new HeadlessCrowd(server);
        await crowd.WatchAsync("acme-room", "ann", DataOnly);
        var (_, bob) = await crowd.WatchAsync("acme-room", "bob", DataOnly);
        await AssertTurnedAwayAsync(server, "/whep/acme-room", "viewers_per_room");
        Assert.Equal(2, await CountViewersAsync(server));
        Assert.Equal((2, 2), await ReadLimitAsync(server, "viewers_per_room"));

        await crowd.LeaveAsync("acme-room", "bob", bob);
        await Wait.UntilAsync("bob has left", Patience, async () => await CountViewersAsync(server) == 1);
        await crowd.WatchAsync("acme-room", "cid", DataOnly);
    }

    [Fact]
    public async Task ViewersPerRoom_Listeners_CountToo()
    {
        using var server = await StartAsync(("ViewersPerRoom", "1"));
        var token = server.Mint(AccessRole.Viewer, "acme-room");
        using (await server.ListenAsync("acme-room", token, CancellationToken.None))
        {
            await Wait.UntilAsync("the listener counts", Patience, async () => await CountViewersAsync(server) == 1);
            await AssertTurnedAwayAsync(server, "/whep/acme-room", "viewers_per_room");
            await Assert.ThrowsAnyAsync<InvalidOperationException>(() => server.ListenAsync("acme-room", token, CancellationToken.None));
            Assert.Equal(1, await CountViewersAsync(server));
        }
    }

    [Fact]
    public async Task ViewersPerRoom_Off_NobodyIsTurnedAway()
    {
        using var server = await StartAsync(("ViewersPerRoom", "0"));
        await PostAsync(server, "/whep/acme-room", 201);
        await PostAsync(server, "/whep/acme-room", 201);
        Assert.Equal((0, 2), await ReadLimitAsync(server, "viewers_per_room"));
    }

    [Fact]
    public async Task HalfOpenDtls_Reached_OneMoreIs503UntilOneEnds()
    {
        using var server = await StartAsync(("HalfOpenDtls", "1"));
        var session = await PostAsync(server, "/whep/acme-room", 201);
        await AssertTurnedAwayAsync(server, "/whep/acme-room", "half_open_dtls");
        Assert.Equal((1, 1), await ReadLimitAsync(server, "half_open_dtls"));
        Assert.Equal(1, await server.ReadMetricAsync("mediarelay_sessions"));

        using (await server.Viewer("acme-room").SendAsync("DELETE", session!))
        {
            await Wait.UntilAsync("it has ended", Patience, async () => (await ReadLimitAsync(server, "half_open_dtls")).Used == 0);
        }

        await PostAsync(server, "/whep/acme-room", 201);
    }

    [Fact]
    public async Task HalfOpenDtls_Off_NobodyIsTurnedAway()
    {
        using var server = await StartAsync(("HalfOpenDtls", "0"));
        await PostAsync(server, "/whep/acme-room", 201);
        await PostAsync(server, "/whep/acme-room", 201);
        Assert.Equal((0, 2), await ReadLimitAsync(server, "half_open_dtls"));
    }

    [Fact]
    public async Task JoinsPerSecond_Reached_HostsAndViewersWaitAndAMalformedOfferIs400AsEver()
    {
        using var server = await StartAsync(("JoinsPerSecond", "2"));
        await PostAsync(server, "/whep/acme-room", 201);
        await PostAsync(server, "/whep/acme-room", 201);
        await AssertTurnedAwayAsync(server, "/whep/acme-room", "joins_per_second");
        await AssertTurnedAwayAsync(server, "/whep/acme-room/return", "joins_per_second", server.Host("acme-room"));
        await server.Viewer("acme-room").CallAsync("POST", "/whep/acme-room", "v=1", 400, "application/sdp");
        await server.Viewer("acme-room").CallAsync("POST", "/whep/acme-room", Offers.Viewer(), 415, "text/plain");
        await server.Viewer("zeta-room").CallAsync("POST", "/whep/acme-room", Offers.Viewer(), 403, "application/sdp");
        Assert.Equal(2, await CountViewersAsync(server));
        Assert.Equal((2, 2), await ReadLimitAsync(server, "joins_per_second"));

        _clock.Passed = TimeSpan.FromSeconds(1);
        Assert.Equal((2, 0), await ReadLimitAsync(server, "joins_per_second"));
        await PostAsync(server, "/whep/acme-room", 201);
    }

    [Theory]
    [InlineData("JoinsPerSecond")]
    [InlineData("ViewersPerRoom")]
    [InlineData("HalfOpenDtls")]
    public async Task Limit_Reached_WhatNoMomentWouldMendIsSaidAsEver(string limit)
    {
        using var server = await StartAsync((limit, "1"));
        await PostAsync(server, "/whep/acme-room", 201);
        var refused = await server.ReadMetricAsync("mediarelay_joins_total{kind=\"whep\",result=\"limited\"}");
        var viewer = server.Viewer("acme-room");
        await viewer.CallAsync("POST", "/whep/acme-room", "v=1", 400, "application/sdp");
        await viewer.CallAsync("POST", "/whep/acme-room", Offers.WithoutAnyCodec(), 406, "application/sdp");
        var lite = Offers.Viewer().Replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", StringComparison.Ordinal);
        await viewer.CallAsync("POST", "/whep/acme-room", lite, 406, "application/sdp");
        await viewer.CallAsync(
            "POST", "/whep/acme-room", Offers.Viewer().Replace("a=setup:actpass", "a=setup:passive", StringComparison.Ordinal), 422,
            "application/sdp");
        Assert.Equal(refused, await server.ReadMetricAsync("mediarelay_joins_total{kind=\"whep\",result=\"limited\"}"));
        using var response = await viewer.SendAsync("POST", "/whep/acme-room", Offers.Viewer(), "application/sdp");
        Assert.Equal(503, (int)response.StatusCode);
    }

    [Fact]
    public async Task JoinsPerSecond_Reached_AnotherHostIsAConflictAsEver()
    {
        using var server = await StartAsync(("JoinsPerSecond", "1"));
        await server.Host("acme-room").CallAsync("POST", "/whip/acme-room", Offers.Host(), 201, "application/sdp");
        var other = server.WithToken(server.Mint(AccessRole.Host, "acme-room", identity: "somebody"));
        await other.CallAsync("POST", "/whip/acme-room", Offers.Host(), 409, "application/sdp");
        using var response = await server.Host("acme-room").SendAsync("POST", "/whip/acme-room", Offers.Host(), "application/sdp");
        Assert.Equal(503, (int)response.StatusCode);
    }

    [Fact]
    public async Task JoinsPerSecond_OffersThatAreNotTaken_DoNotCount()
    {
        using var server = await StartAsync(("JoinsPerSecond", "2"));
        for (var i = 0; i < 5; i++)
        {
            await server.Viewer("acme-room").CallAsync("POST", "/whep/acme-room", Offers.WithoutAnyCodec(), 406, "application/sdp");
        }

        Assert.Equal((2, 0), await ReadLimitAsync(server, "joins_per_second"));
        await PostAsync(server, "/whep/acme-room", 201);
    }

    [Fact]
    public async Task Rooms_Reached_AConflictIsSaidAsEver()
    {
        using var server = await StartAsync(("Rooms", "2"));
        await server.Platform.DeleteAsync("/v1/rooms/zeta-room");
        await server.Platform.PutAsync("/v1/rooms/third", new { merchantId = "acme", title = "Third" }, 201);
        await server.Platform.PutAsync("/v1/rooms/zeta-room", new { merchantId = "acme", title = "Taken" }, 409);
        await server.Platform.PutAsync("/v1/rooms/fourth", new { merchantId = "nobody", title = "Fourth" }, 422);
        await server.Platform.PutAsync("/v1/rooms/fourth", new { merchantId = "acme", title = "Fourth" }, 503);
    }

    [Fact]
    public async Task JoinsPerSecond_Off_NobodyIsTurnedAway()
    {
        using var server = await StartAsync(("JoinsPerSecond", "0"));
        for (var i = 0; i < 5; i++)
        {
            await PostAsync(server, "/whep/acme-room", 201);
        }

        Assert.Equal((0, 0), await ReadLimitAsync(server, "joins_per_second"));
    }

    [Fact]
    public async Task JoinsPerSecondPerAddress_Reached_Is429ForThatAddress()
    {
        var address = new Addressed();
        using var server = await StartAsync(
            services => services.AddSingleton<IStartupFilter>(address), ("JoinsPerSecondPerAddress", "1"));
        await PostAsync(server, "/whep/acme-room", 201);
        await AssertTurnedAwayAsync(server, "/whep/acme-room", "joins_per_second_per_address", status: 429);
        Assert.Equal((1, 1), await ReadLimitAsync(server, "joins_per_second_per_address"));
        address.Current = IPAddress.Parse("192.0.2.2");
        await PostAsync(server, "/whep/acme-room", 201);
    }

    [Theory]
    [InlineData("20000", 1)]
    [InlineData("0", 0)]
    public async Task OverlayBytesPerViewer_Reached_TheBacklogGivesWayToASnapshot(string limit, int resyncs)
    {
        using var server = await StartAsync(("OverlayBytesPerViewer", limit));
        var hub = server.Services.GetRequiredService<OverlayHub>();
        var roomId = RoomId.Parse("acme-room");
        using (var session = new OverlaySession(hub, roomId, ViewerId.Parse("slow"), _ => { }, isAcknowledged: false))
        {
            Assert.True(session.TryPeek(_clock, out _));
            for (var i = 0; i < 600; i++)
            {
                session.Deliver(hub.Room(roomId).Publish(0, null, new SpotlightBody(MerchantId.Parse("acme"), ItemId.Parse("tea"))));
            }

            var (allowed, used) = await ReadLimitAsync(server, "overlay_bytes_per_viewer");
            Assert.Equal(int.Parse(limit), allowed);
            Assert.InRange(used, 19_800, resyncs > 0 ? 20_000 : 100_000);
        }

        Assert.Equal(resyncs, await server.ReadMetricAsync("mediarelay_overlay_resyncs_total"));
    }

    [Theory]
    [InlineData("10", 10, 5)]
    [InlineData("0", 15, 0)]
    public async Task LikesPerSecondPerViewer_Reached_TheRestIsDroppedAndCounted(string limit, int counted, int dropped)
    {
        using var server = await StartAsync(("LikesPerSecondPerViewer", limit));
        Say(server, 15, "like", "count", 1);
        Assert.Equal(counted, await server.ReadMetricAsync("mediarelay_likes_in_total"));
        Assert.Equal(dropped, await server.ReadMetricAsync("mediarelay_likes_limited_total"));
        Assert.Equal(counted, server.Services.GetRequiredService<OverlayHub>().Tallies.Likes(RoomId.Parse("acme-room")));
        Assert.Equal(int.Parse(limit), (await ReadLimitAsync(server, "likes_per_second_per_viewer")).Limit);
    }

    [Theory]
    [InlineData("1", 1, 2)]
    [InlineData("0", 3, 0)]
    public async Task CommentsPerSecondPerViewer_Reached_TheRestIsDroppedAndCounted(string limit, int counted, int dropped)
    {
        using var server = await StartAsync(("CommentsPerSecondPerViewer", limit));
        Say(server, 3, "comment", "text", "hello");
        Assert.Equal(counted, await server.ReadMetricAsync("mediarelay_overlays_published_total{class=\"comment\"}"));
        Assert.Equal(dropped, await server.ReadMetricAsync("mediarelay_viewer_messages_limited_total{type=\"comment\"}"));
        Assert.Equal(int.Parse(limit), (await ReadLimitAsync(server, "comments_per_second_per_viewer")).Limit);
    }

    [Fact]
    public async Task Rooms_Reached_OneMoreIs503AndChangesNothing()
    {
        using var server = await StartAsync(("Rooms", "2"));
        await server.Platform.PutAsync("/v1/rooms/third", new { merchantId = "acme", title = "Third" }, 503);
        await server.Platform.GetAsync("/v1/rooms/third", 404);
        await server.Platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Renamed" });
        Assert.Equal((2, 2), await ReadLimitAsync(server, "rooms"));
    }

    [Fact]
    public async Task Rooms_Off_AreNotCounted()
    {
        using var server = await StartAsync(("Rooms", "0"));
        await server.Platform.PutAsync("/v1/rooms/third", new { merchantId = "acme", title = "Third" }, 201);
        Assert.Equal((0, 3), await ReadLimitAsync(server, "rooms"));
    }

    [Theory]
    [InlineData("1000", 413)]
    [InlineData("0", 400)]
    public async Task RequestBytes_Reached_Is413(string limit, int status)
    {
        using var server = await StartAsync(("RequestBytes", limit));
        var body = $$"""{"name":"{{new string('n', 5000)}}"}""";
        await server.Platform.CallAsync("PUT", "/v1/merchants/acme", body, status);
        var (allowed, used) = await ReadLimitAsync(server, "request_bytes");
        Assert.Equal(int.Parse(limit), allowed);
        Assert.InRange(used, 1, 6000);
    }

    private static async Task<(double Limit, double Used)> ReadLimitAsync(ApiServer server, string name)
    {
        var values = await server.ReadMetricsAsync($"mediarelay_limit{{limit=\"{name}\"}}", $"mediarelay_limit_used{{limit=\"{name}\"}}");
        return (values[0], values[1]);
    }

    private static async Task<int> CountViewersAsync(ApiServer server) =>
        (await server.Platform.GetAsync("/v1/rooms/acme-room")).GetProperty("viewers").GetInt32();

    /// <summary>Posts an offer nobody stands behind; gives the session's address.</summary>
    private static async Task<string?> PostAsync(ApiServer server, string path, int status, ApiClient? client = null)
    {
        using var response = await (client ?? server.Viewer("acme-room")).SendAsync("POST", path, Offers.Viewer(), "application/sdp");
        Assert.Equal(status, (int)response.StatusCode);
        return response.Headers.Location?.ToString();
    }

    /// <summary>Turned away with the reason, in the answer and in the metrics, and with a time to come again.</summary>
    private static async Task AssertTurnedAwayAsync(ApiServer server, string path, string reason, ApiClient? client = null, int status = 503)
    {
        var series = $"mediarelay_joins_refused_total{{reason=\"{reason}\"}}";
        var before = await server.ReadMetricAsync(series);
        using var response = await (client ?? server.Viewer("acme-room")).SendAsync("POST", path, Offers.Viewer(), "application/sdp");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        Assert.Equal(before + 1, await server.ReadMetricAsync(series));
    }

    /// <summary>One viewer says the same several times within one second.</summary>
    private void Say(ApiServer server, int times, string type, string member, object value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(6);
        writer.WriteInteger(1);
        writer.WriteString(type);
        writer.WriteInteger(1);
        writer.WriteInteger(1);
        writer.WriteNil();
        writer.WriteMapHeader(1);
        writer.WriteString(member);
        if (value is int number)
        {
            writer.WriteInteger(number);
        }
        else
        {
            writer.WriteString((string)value);
        }

        using var session = new OverlaySession(
            server.Services.GetRequiredService<OverlayHub>(), RoomId.Parse("acme-room"), ViewerId.Parse("loud"), _ => { },
            isAcknowledged: false);
        for (; times > 0; times--)
        {
            session.Receive(_clock.GetUtcNow(), buffer.WrittenSpan);
        }
    }

    private Task<ApiServer> StartAsync(params (string Name, string Value)[] limits) => StartAsync(_ => { }, limits);

    private Task<ApiServer> StartAsync(Action<IServiceCollection> configure, params (string Name, string Value)[] limits) =>
        new ApiServer(
            services =>
            {
                services.AddSingleton<TimeProvider>(_clock);
                configure(services);
            },
            [.. limits.Select(limit => ($"MediaRelay:Limits:{limit.Name}", limit.Value))]).WithTwoMerchantsAsync();

    /// <summary>Gives the requests an address: connections within a process have none.</summary>
    private sealed class Addressed : IStartupFilter
    {
        public IPAddress Current { get; set; } = IPAddress.Parse("192.0.2.1");

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, then) =>
            {
                http.Connection.RemoteIpAddress = Current;
                return then(http);
            });
            next(app);
        };
    }
}
