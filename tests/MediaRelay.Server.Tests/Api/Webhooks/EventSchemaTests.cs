using System.Text.Json;
using System.Text.RegularExpressions;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Server.Tests.Api.Hosting;

namespace MediaRelay.Server.Tests.Api.Webhooks;

/// <summary>Events are what the API's description and docs/events.md say.</summary>
public sealed partial class EventSchemaTests
{
    [Fact]
    public async Task Events_OfANight_AreAsDescribed()
    {
        using var server = new ApiServer(("MediaRelay:Webhooks:AllowPrivateAddresses", "true"));
        await using var receiver = await Receiver.StartAsync();
        var platform = server.Platform;
        await platform.PutAsync("/v1/webhooks/all", new { url = receiver.Url, events = new[] { "*" } }, 201);
        await server.WithTwoMerchantsAsync();
        await platform.PutAsync("/v1/share-codes/mei-01", new { merchantId = "acme", storeId = "s1", guideId = "mei" }, 201);
        await platform.PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        var invited = await server.Merchant("acme").PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" } }, 201);
        var id = invited.GetProperty("cohostId").GetString();
        await server.Merchant("zeta").PostAsync($"/v1/cohosts/{id}/decline");
        invited = await server.Merchant("acme").PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" } }, 201);
        id = invited.GetProperty("cohostId").GetString();
        await server.Merchant("zeta").PostAsync($"/v1/cohosts/{id}/accept");
        await platform.PatchAsync($"/v1/cohosts/{id}", new { layout = "main-strip" });
        await platform.PostAsync(
            "/v1/rooms/acme-room/overlays", new { type = "notice", merchantId = "acme", body = new { code = "hello", text = "Hello" } }, 202);
        foreach (var action in new[] { "open", "close", "reveal" })
        {
            await platform.PostAsync(
                "/v1/rooms/acme-room/overlays", new { type = "draw", merchantId = "acme", body = new { drawId = "d1", prizes = 1, action } }, 202);
        }

        await OrderAsync(platform, 100, 201);
        await OrderAsync(platform, 101, 409);
        await platform.DeleteAsync($"/v1/cohosts/{id}", 200);
        await platform.DeleteAsync("/v1/merchants/zeta/shelf/cup");
        string[] expected =
        [
            "cohost.accepted", "cohost.declined", "cohost.invited", "cohost.layout", "cohost.linked", "cohost.unlinked", "draw.closed", "draw.opened",
            "draw.revealed", "leaderboard.updated",
            "order.attributed", "order.quarantined", "overlay.published", "shelf.item.removed", "shelf.item.spotlighted", "shelf.item.upserted",
        ];
        var description = await platform.GetAsync("/openapi/v1.json");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!seen.IsSupersetOf(expected))
        {
            var told = await receiver.NextAsync();
            EventSchema.Check(description, told);
            seen.Add(told.GetProperty("type").GetString()!);
        }
    }

    [Fact]
    public async Task Documentation_EveryType_HasAnExampleThatIsAsDescribed()
    {
        using var server = new ApiServer();
        var description = await server.Platform.GetAsync("/openapi/v1.json");
        var text = await File.ReadAllTextAsync(Path.Combine(DocumentedMetricsTests.Root, "docs", "events.md"));

        var examples = Example().Matches(text).ToDictionary(
            match => match.Groups["type"].Value, match => JsonDocument.Parse(match.Groups["json"].Value).RootElement, StringComparer.Ordinal);

        Assert.Equal(WebhookEventTypes.All.Order(StringComparer.Ordinal), examples.Keys.Order(StringComparer.Ordinal));
        foreach (var (type, example) in examples)
        {
            Assert.Equal(type, example.GetProperty("type").GetString());
            EventSchema.Check(description, example);
        }
    }

    private static Task OrderAsync(ApiClient platform, int amountMinor, int status) => platform.PostAsync(
        "/v1/orders",
        new
        {
            orderId = "o1",
            kind = "paid",
            roomId = "acme-room",
            viewerId = "ann",
            occurredAt = new DateTimeOffset(2020, 6, 16, 12, 0, 0, TimeSpan.Zero),
            shareCode = "mei-01",
            lines = new[] { new { lineNo = 1, merchantId = "acme", itemId = "tea", quantity = 1, amountMinor, currency = "CNY" } },
        },
        status);

    [GeneratedRegex(@"^### `(?<type>[a-zA-Z.]+)`\n(?:(?!###).)*?```json\n(?<json>.*?)\n```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
