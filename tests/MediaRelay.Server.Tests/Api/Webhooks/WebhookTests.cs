using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Tests.Api.Webhooks;

public sealed class WebhookTests : IDisposable
{
    private readonly ApiServer _server = new(("MediaRelay:Webhooks:AllowPrivateAddresses", "true"));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Order_Accepted_ReachesTheReceiverSigned()
    {
        await using var receiver = await Receiver.StartAsync();
        await _server.WithTwoMerchantsAsync();
        var made = await _server.Platform.PutAsync("/v1/webhooks/shop", new { url = receiver.Url, events = new[] { "order.*" } }, 201);
        var secret = made.GetProperty("secret").GetString()!;

        await OrderAsync("o1", "acme", "tea");

        var told = await receiver.NextAsync();
        Assert.Equal("order.attributed", told.GetProperty("type").GetString());
        Assert.Equal("acme-room", told.GetProperty("roomId").GetString());
        Assert.Equal("o1", told.GetProperty("data").GetProperty("orderId").GetString());
        var (signature, body) = Assert.Single(receiver.Requests);
        Assert.True(Receiver.IsSigned(signature, body, secret), signature);
        Assert.False(Receiver.IsSigned(signature, body, secret + "x"));
        Assert.False((await _server.Platform.GetAsync("/v1/webhooks/shop")).TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task Secret_Exchanged_BothSignUntilTheOldOneEnds()
    {
        await using var receiver = await Receiver.StartAsync();
        await _server.WithTwoMerchantsAsync();
        var hook = new { url = receiver.Url, events = new[] { "order.*" } };
        var old = (await _server.Platform.PutAsync("/v1/webhooks/shop", hook, 201)).GetProperty("secret").GetString()!;
        var rotated = (await _server.Platform.PutAsync("/v1/webhooks/shop", new { hook.url, hook.events, rotateSecret = true })).GetProperty("secret").GetString()!;

        await OrderAsync("o1", "acme", "tea");

        await receiver.NextAsync();
        var (signature, body) = receiver.Requests.Single();
        Assert.True(Receiver.IsSigned(signature, body, rotated), signature);
        Assert.True(Receiver.IsSigned(signature, body, old), signature);
    }

    [Fact]
    public async Task Receiver_FailsAndHangsAndRedirects_GetsTheEventAgainInOrder()
    {
        await using var receiver = await Receiver.StartAsync();
        await _server.WithTwoMerchantsAsync();
        var attempts = 0;
        var hanging = new TaskCompletionSource<int>();
        receiver.Answer = async told =>
        {
            switch (Interlocked.Increment(ref attempts))
            {
                case 1: return 500;
                case 2: return 307;
                case 3: return await hanging.Task;
                default: return 204;
            }
        };
        await _server.Platform.PutAsync("/v1/webhooks/shop", new { url = receiver.Url, events = new[] { "order.*" } }, 201);

        await OrderAsync("o1", "acme", "tea");
        await OrderAsync("o2", "acme", "tea");

        Assert.Equal(["o1", "o2"], await OrdersAsync(receiver, 2));
        hanging.SetResult(500);
        Assert.Single(receiver.Requests.Take(4).Select(request => Convert.ToHexString(request.Body)).Distinct());
        await EndToEnd.Wait.UntilAsync("both deliveries are counted", TimeSpan.FromSeconds(30), async () =>
            await _server.ReadMetricAsync("mediarelay_webhook_deliveries_total{outcome=\"delivered\"}") >= 2);
        Assert.True(await _server.ReadMetricAsync("mediarelay_webhook_deliveries_total{outcome=\"refused\"}") >= 2);
        Assert.True(await _server.ReadMetricAsync("mediarelay_webhook_deliveries_total{outcome=\"timed_out\"}") >= 1);
    }

    [Fact]
    public async Task Receiver_Slow_DelaysNoOther()
    {
        await using var slow = await Receiver.StartAsync();
        await using var quick = await Receiver.StartAsync();
        await _server.WithTwoMerchantsAsync();
        var stuck = new TaskCompletionSource<int>();
        slow.Answer = _ => stuck.Task;
        foreach (var (id, receiver) in new[] { ("a", slow), ("b", quick) })
        {
            await _server.Platform.PutAsync($"/v1/webhooks/{id}", new { url = receiver.Url, events = new[] { "order.*" } }, 201);
        }

        for (var i = 0; i < 20; i++)
        {
            await OrderAsync($"o{i}", "acme", "tea");
        }

        Assert.Equal(20, (await OrdersAsync(quick, 20)).Count);
        stuck.SetResult(200);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"o{i}"),
            await OrdersAsync(slow, 20));
    }

    [Fact]
    public async Task Receiver_Gone_IsDisabledUntilItIsPutAgain()
    {
        await using var receiver = await Receiver.StartAsync();
        await _server.WithTwoMerchantsAsync();
        receiver.Answer = _ => Task.FromResult(410);
        var hook = new { url = receiver.Url, events = new[] { "order.*" } };
        await _server.Platform.PutAsync("/v1/webhooks/shop", hook, 201);

        await OrderAsync("o1", "acme", "tea");
        await EndToEnd.Wait.UntilAsync("the webhook is disabled", TimeSpan.FromSeconds(30), async () =>
            (await _server.Platform.GetAsync("/v1/webhooks/shop")).GetProperty("state").GetString() == "disabled");
        await OrderAsync("o2", "acme", "tea");
        receiver.Answer = _ => Task.FromResult(200);
        Assert.Equal("active", (await _server.Platform.PutAsync("/v1/webhooks/shop", hook)).GetProperty("state").GetString());
        await OrderAsync("o3", "acme", "tea");

        Assert.Equal(["o1", "o3"], await OrdersAsync(receiver, 2));
    }

    [Fact]
    public async Task Merchant_OwnWebhooksOnly()
    {
        await _server.WithTwoMerchantsAsync();
        var acme = _server.Merchant("acme");
        var hook = new { url = "http://127.0.0.1:9/", events = new[] { "*" } };
        Assert.Equal("acme", (await acme.PutAsync("/v1/webhooks/mine", hook, 201)).GetProperty("merchantId").GetString());
        await acme.PutAsync("/v1/webhooks/other", new { hook.url, hook.events, merchantId = "zeta" }, 403);
        await _server.Platform.PutAsync("/v1/webhooks/all", hook, 201);
        await _server.Platform.PutAsync("/v1/webhooks/zetas", new { hook.url, hook.events, merchantId = "zeta" }, 201);

        foreach (var id in new[] { "all", "zetas" })
        {
            await acme.GetAsync($"/v1/webhooks/{id}", 403);
            await acme.PutAsync($"/v1/webhooks/{id}", hook, 403);
            await acme.DeleteAsync($"/v1/webhooks/{id}", 403);
        }

        Assert.Equal("mine", Assert.Single((await acme.GetAsync("/v1/webhooks")).GetProperty("webhooks").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(3, (await _server.Platform.GetAsync("/v1/webhooks")).GetProperty("webhooks").GetArrayLength());
        await _server.Merchant("acme", MerchantScopes.Shelf).PutAsync("/v1/webhooks/x", hook, 403);
        await _server.Host("acme-room").GetAsync("/v1/webhooks/mine", 403);
        await _server.Anonymous.GetAsync("/v1/webhooks/mine", 401);
        await _server.Platform.PutAsync("/v1/webhooks/mine", hook, 409);
        await _server.Platform.PutAsync("/v1/webhooks/none", new { hook.url, hook.events, merchantId = "nobody" }, 422);
        await acme.DeleteAsync("/v1/webhooks/mine");
        await acme.GetAsync("/v1/webhooks/mine", 404);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://localhost/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:192.168.0.1]/")]
    [InlineData("http://2130706433/")]
    public async Task Put_PrivateAddress_IsRefusedUnlessAllowed(string url)
    {
        using var server = new ApiServer();

        var problem = await server.Platform.PutAsync("/v1/webhooks/x", new { url, events = new[] { "*" } }, 422);

        Assert.Equal("url", problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Deliver_NameThatLeadsToAPrivateAddress_IsNotConnectedTo()
    {
        using var server = new ApiServer();
        await using var receiver = await Receiver.StartAsync();
        await server.WithTwoMerchantsAsync();

        // Ends in localhost, so it is a name to the call and this machine to the resolver (RFC 6761 §6.3).
        var url = receiver.Url.Replace("127.0.0.1", "shop.localhost", StringComparison.Ordinal);
        await server.Platform.PutAsync("/v1/webhooks/x", new { url, events = new[] { "*" } }, 201);
        await server.Platform.PutAsync("/v1/merchants/acme/shelf/cup", new { title = "Cup", priceMinor = 1, currency = "CNY", stock = 1 }, 201);

        await EndToEnd.Wait.UntilAsync("an attempt is refused", TimeSpan.FromSeconds(30), async () =>
            (await server.ReadMetricsAsync(
                "mediarelay_webhook_deliveries_total{outcome=\"forbidden\"}", "mediarelay_webhook_deliveries_total{outcome=\"unreachable\"}")).Sum() > 0);
        Assert.Empty(receiver.Requests);
    }

    // As receivers do: what comes again has an id that was seen.
    private static async Task<List<string?>> OrdersAsync(Receiver receiver, int count)
    {
        var orders = new List<string?>();
        while (orders.Count < count)
        {
            var order = (await receiver.NextAsync()).GetProperty("data").GetProperty("orderId").GetString();
            if (!orders.Contains(order))
            {
                orders.Add(order);
            }
        }

        return orders;
    }

    private Task OrderAsync(string id, string merchant, string item) => _server.Platform.PostAsync(
        "/v1/orders",
        new
        {
            orderId = id,
            kind = "paid",
            roomId = $"{merchant}-room",
            viewerId = "ann",
            occurredAt = DateTimeOffset.UtcNow,
            lines = new[] { new { lineNo = 1, merchantId = merchant, itemId = item, quantity = 1, amountMinor = 100, currency = "CNY" } },
        },
        201);
}
