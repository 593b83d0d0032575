using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Server.Overlays;

namespace MediaRelay.Server.Tests.Api.Overlays;

public sealed class BroadcastTests : IDisposable
{
    private readonly Recorder _recorder = new();
    private readonly ApiServer _server;

    public BroadcastTests() => _server = new ApiServer(services => services
        .AddSingleton<ICommerceListener, Broken>()
        .AddSingleton<IRoomBroadcast>(_recorder));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Order_InASession_ReachesTheViewersOfAllItsRooms()
    {
        await _server.WithTwoMerchantsAsync();
        await _server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, state = "active" }, 201);
        await _server.Platform.PostAsync(
            "/v1/orders",
            new
            {
                orderId = "o1",
                lines = new[] { new { lineNo = 1, merchantId = "zeta", itemId = "cup", quantity = 1, amountMinor = 9900, currency = "CNY" } },
                roomId = "acme-room",
                viewerId = "v1",
                kind = "paid",
                occurredAt = "2026-06-16T12:00:00Z",
            },
            201);
        var first = await NextAsync(OverlayTypes.Purchase);
        var second = await NextAsync(OverlayTypes.Purchase);
        Assert.Equal(["acme-room", "zeta-room"], new[] { first.RoomId.Value, second.RoomId.Value }.Order(StringComparer.Ordinal));
        Assert.Equal("zeta", first.Message.MerchantId?.Value);
        Assert.Equal("zeta", second.Message.MerchantId?.Value);
        var metrics = await (await _server.Platform.SendAsync("GET", "/metrics")).Content.ReadAsStringAsync();
        Assert.Contains("mediarelay_overlays_published_total{class=\"purchase\"} 2\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spotlight_Set_ReachesTheRoom()
    {
        await _server.WithTwoMerchantsAsync();
        await _server.Merchant("acme").PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        var (roomId, message) = await NextAsync(OverlayTypes.Spotlight);
        Assert.Equal("acme-room", roomId.Value);
        Assert.Equal(OverlayClass.Shelf, message.Class);
    }

    private async Task<(RoomId RoomId, OverlayMessage Message)> NextAsync(string type)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var next = await _recorder.Delivered.Reader.ReadAsync(patience.Token);
            if (next.Message.Type == type)
            {
                return next;
            }
        }
    }

    private sealed class Recorder : IRoomBroadcast
    {
        public Channel<(RoomId RoomId, OverlayMessage Message)> Delivered { get; } =
            Channel.CreateUnbounded<(RoomId RoomId, OverlayMessage Message)>();

        public void Deliver(RoomId roomId, OverlayMessage message) => Assert.True(Delivered.Writer.TryWrite((roomId, message)));
    }

    private sealed class Broken : ICommerceListener
    {
        public void Handle(CommerceEvent commerceEvent) => throw new InvalidOperationException("A listener's bug costs nobody else the event.");
    }
}
