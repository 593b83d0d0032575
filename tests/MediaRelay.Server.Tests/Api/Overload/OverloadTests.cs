using System.Text.Json;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Shards;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Media;
using MediaRelay.Server.Tests.Api.Media;
using MediaRelay.Server.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Overload;

/// <summary>A relay loop that has more to do than it can: who is turned away, and who is not.</summary>
public sealed class OverloadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Loop_FallsBehind_ViewersAreTurnedAwayAndNobodyElse()
    {
        // The loop is burdened with pauses that no machine makes by itself for a second, whatever else it has to do.
        using var server = await new ApiServer(
            ("MediaRelay:Overload:Grace", "00:00:00"), ("MediaRelay:Overload:LagLimit", "00:00:00.300"),
            ("MediaRelay:Overload:LeastBusy", "0"), ("MediaRelay:Overload:JoinsReturnAfter", "00:00:00"), ("MediaRelay:Overload:CapLayersAfter", "00:10:00")).WithTwoMerchantsAsync();
        await UntilLevelAsync(server, 0);
        using var crowd = new HeadlessCrowd(server);
        var (ann, _) = await crowd.WatchAsync("acme-room", "ann", new ViewerOptions { Audio = false, VideoCodecs = [] });
        using (new Burden(server.Services.GetRequiredService<MediaHost>().Shards[0]))
        {
            await UntilLevelAsync(server, 1);
            using var refused = await server.Viewer("acme-room").SendAsync("POST", "/whep/acme-room", Offers.Viewer(), "application/sdp");
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter?.Delta);
            Assert.Equal(
                "overloaded", JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("reason").GetString());
            await Assert.ThrowsAnyAsync<InvalidOperationException>(
                () => server.ListenAsync("acme-room", server.Mint(AccessRole.Viewer, "acme-room"), CancellationToken.None));
            Assert.Equal(2, await server.ReadMetricAsync("mediarelay_joins_refused_total{reason=\"overloaded\"}"));
            Assert.Equal(1, await server.ReadMetricAsync("mediarelay_joins_total{kind=\"whep\",result=\"overloaded\"}"));

            // Who watches goes on, a host may come, orders are orders.
            Assert.False(ann.Closed.IsCompleted);
            using var host = await server.Host("acme-room").SendAsync("POST", "/whep/acme-room/return", Offers.Viewer(), "application/sdp");
            Assert.Equal(201, (int)host.StatusCode);
            await server.Platform.PostAsync("/v1/orders", Scene.Order("o1", "acme", "tea", "acme-room", "ann"), 201);
            Assert.Equal(1, await server.ReadMetricAsync("mediarelay_overload_level"));
        }

        await UntilLevelAsync(server, 0);
        await Wait.UntilAsync("a viewer may join again", Patience, async () =>
        {
            using var again = await server.Viewer("acme-room").SendAsync("POST", "/whep/acme-room", Offers.Viewer(), "application/sdp");
            return (int)again.StatusCode == 201;
        });
        Assert.False(ann.Closed.IsCompleted);
    }

    private static Task UntilLevelAsync(ApiServer server, double level) => Wait.UntilAsync(
        $"overload level {level}", Patience, () => server.ReadMetricAsync("mediarelay_overload_level"), read => read == level);

    /// <summary>Work without end for one loop, in pieces that each take longer than the loop may be late.</summary>
    private sealed class Burden : IDisposable
    {
        private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(400);
        private readonly RelayShard _shard;
        private volatile bool _isOver;

        public Burden(RelayShard shard)
        {
            _shard = shard;
            _shard.Run(Carry);
        }

        public void Dispose() => _isOver = true;

        private void Carry(Timestamp now)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            while (System.Diagnostics.Stopwatch.GetElapsedTime(began) < Piece)
            {
                Thread.SpinWait(100);
            }

            if (!_isOver)
            {
                _shard.Run(Carry);
            }
        }
    }
}
