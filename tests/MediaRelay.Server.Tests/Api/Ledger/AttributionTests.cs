using System.Text.Json;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Ledger;

public sealed class AttributionTests : IAsyncLifetime, IDisposable
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Attribution_OrderWithClickToken_NamesOverlayAndSecondAndOnlyToTheOwner()
    {
        await _server.Platform.PutAsync("/v1/share-codes/g1", new { merchantId = "zeta", storeId = "s", guideId = "ann" }, 201);
        await _server.Platform.PutAsync("/v1/share-codes/g2", new { merchantId = "zeta", storeId = "s", guideId = "ann", parentCode = "g1" }, 201);
        await _server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, state = "active" }, 201);
        var service = _server.Services.GetRequiredService<CommerceHost>().Service;
        var click = service.DescribeClick(
            DateTimeOffset.UtcNow, RoomId.Parse("acme-room"), ViewerId.Parse("viewer-1"), new ItemKey(MerchantId.Parse("zeta"), ItemId.Parse("cup")),
            (17, "flashSale"), new LiveMoment(90_000 * 61, MerchantId.Parse("acme")), MerchantId.Parse("zeta")).Value;
        var order = OrderTests.Order("o1", "zeta", "cup", shareCode: "g2", occurredAt: DateTimeOffset.UtcNow);
        order["clickToken"] = service.SignClick(click);
        await _server.Platform.PostAsync("/v1/orders", order, 201);

        var line = (await _server.Merchant("zeta").GetAsync("/v1/merchants/zeta/orders/o1/attribution")).GetProperty("lines")[0];

        var record = line.GetProperty("record");
        Assert.Equal(61, line.GetProperty("liveSecond").GetDouble());
        Assert.Equal(
            ("genuine", 17, "flashSale", "zeta", "acme", 2),
            (record.GetProperty("click").GetString(), record.GetProperty("overlaySeq").GetInt32(), record.GetProperty("overlayType").GetString(),
                record.GetProperty("tileMerchantId").GetString(), record.GetProperty("speakerMerchantId").GetString(), record.GetProperty("shareDepth").GetInt32()));
        Assert.Equal(["g1", "g2"], record.GetProperty("shareChain").EnumerateArray().Select(code => code.GetString()));
        await _server.Merchant("acme").GetAsync("/v1/merchants/zeta/orders/o1/attribution", 403);
        await _server.Merchant("acme").GetAsync("/v1/merchants/acme/orders/o1/attribution", 404);
    }

    [Fact]
    public async Task Attribution_OrderFromBeforeTheFeedBegan_MediaTimeIsUnknownAndNotZero()
    {
        await _server.Platform.PostAsync("/v1/orders", OrderTests.Order("o1", "acme", "tea", occurredAt: DateTimeOffset.UtcNow.AddDays(-1)), 201);

        var line = (await _server.Merchant("acme").GetAsync("/v1/merchants/acme/orders/o1/attribution")).GetProperty("lines")[0];

        Assert.Equal(JsonValueKind.Null, line.GetProperty("record").GetProperty("mediaTime").ValueKind);
        Assert.Equal(JsonValueKind.Null, line.GetProperty("liveSecond").ValueKind);
    }

    [Fact]
    public async Task Statement_WithAnotherPolicy_DividesTheSameNetAndWritesNothing()
    {
        await _server.Platform.PutAsync("/v1/share-codes/g1", new { merchantId = "zeta", storeId = "s", guideId = "ann" }, 201);
        await _server.Platform.PostAsync("/v1/orders", OrderTests.Order("o1", "zeta", "cup", shareCode: "g1"), 201);
        var zeta = _server.Merchant("zeta");
        var before = await zeta.GetAsync("/v1/merchants/zeta/ledger");

        var shares = (await zeta.GetAsync("/v1/merchants/zeta/statement?policy=2")).GetProperty("policy").GetProperty("shares").EnumerateArray()
            .ToDictionary(share => share.GetProperty("party").GetString()!, share => share.GetProperty("netMinor").GetInt64());
        var acme = (await _server.Merchant("acme").GetAsync("/v1/merchants/acme/statement?policy=1")).GetProperty("policy");

        // 9,900 of which the guide has 5 % and acme, whose room it was, 10 %.
        Assert.Equal((495, 990, 8415), (shares["guide"], shares["traffic"], shares["owner"]));
        Assert.Equal(1, acme.GetProperty("referrals").GetInt32());
        Assert.False((await zeta.GetAsync("/v1/merchants/zeta/statement")).TryGetProperty("policy", out _));
        Assert.Equal(before.ToString(), (await zeta.GetAsync("/v1/merchants/zeta/ledger")).ToString());
        await zeta.GetAsync("/v1/merchants/zeta/statement?policy=3", 400);
    }
}
