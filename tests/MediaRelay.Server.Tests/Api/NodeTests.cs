using System.Text.Json;

namespace MediaRelay.Server.Tests.Api;

public sealed class NodeTests : IAsyncLifetime, IDisposable
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Health_Started_IsLiveAndReady()
    {
        Assert.Equal(200, (int)(await _server.Anonymous.SendAsync("GET", "/health/live")).StatusCode);
        Assert.Equal(200, (int)(await _server.Anonymous.SendAsync("GET", "/health/ready")).StatusCode);
    }

    [Fact]
    public async Task Node_Asked_StartedWhenItsProcessDid()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var self = await _server.Operator.GetAsync("/v1/nodes/self");
        Assert.Equal(process.StartTime.ToUniversalTime(), self.GetProperty("startedAt").GetDateTimeOffset().UtcDateTime);
    }

    [Fact]
    public async Task Metrics_AfterSomeCalls_PassPromtool()
    {
        await _server.Anonymous.GetAsync("/v1/elsewhere", 404);
        await _server.Platform.GetAsync("/v1/rooms");
        var response = await _server.Anonymous.SendAsync("GET", "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("mediarelay_http_requests_total{method=\"GET\",route=\"/v1/rooms\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("mediarelay_rooms 2\n", text, StringComparison.Ordinal);
        Assert.Contains("mediarelay_orders_total{kind=\"placed\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.Length > 0 && line[0] != '#' && !line.StartsWith("mediarelay_", StringComparison.Ordinal));
        await Promtool.CheckMetricsAsync(text);
    }

    [Fact]
    public async Task Metrics_WhenATokenIsRequired_AreForTheOperator()
    {
        using var server = new ApiServer(("MediaRelay:Metrics:RequireToken", "true"));
        await server.Anonymous.GetAsync("/metrics", 401);
        await server.Platform.GetAsync("/metrics", 403);
        await server.Merchant("acme").GetAsync("/metrics", 403);
        Assert.Equal(200, (int)(await server.Operator.SendAsync("GET", "/metrics")).StatusCode);
    }

    [Fact]
    public async Task Description_Read_NamesEveryCallOfTheContract()
    {
        var api = await _server.Anonymous.GetAsync("/openapi/v1.json");
        var paths = api.GetProperty("paths");
        (string Path, string Method)[] calls =
        [
            ("/v1/merchants/{merchantId}", "put"), ("/v1/rooms/{roomId}", "put"), ("/v1/rooms/{roomId}", "get"), ("/v1/rooms", "get"),
            ("/v1/rooms/{roomId}", "delete"), ("/v1/rooms/{roomId}/close", "post"), ("/v1/merchants/{merchantId}/shelf/{itemId}", "put"),
            ("/v1/merchants/{merchantId}/shelf/{itemId}", "delete"), ("/v1/merchants/{merchantId}/shelf", "get"),
            ("/v1/rooms/{roomId}/spotlight/{merchantId}", "put"), ("/v1/rooms/{roomId}/spotlight/{merchantId}", "delete"),
            ("/v1/rooms/{roomId}/shelves", "get"), ("/v1/cohosts", "post"), ("/v1/cohosts/{cohostId}/accept", "post"),
            ("/v1/cohosts/{cohostId}/decline", "post"), ("/v1/cohosts/{cohostId}", "get"), ("/v1/cohosts/{cohostId}", "patch"),
            ("/v1/cohosts/{cohostId}", "delete"), ("/v1/rooms/{roomId}/overlays", "post"), ("/v1/rooms/{roomId}/hand-offs", "post"), ("/v1/rooms/{roomId}/overlays/{seq}", "get"),
            ("/v1/orders", "post"), ("/v1/orders/batch", "post"), ("/v1/orders/quarantine", "get"),
            ("/v1/merchants/{merchantId}/ledger", "get"), ("/v1/merchants/{merchantId}/ledger/verify", "get"),
            ("/v1/merchants/{merchantId}/statement", "get"), ("/v1/merchants/{merchantId}/report", "get"),
            ("/v1/share-codes/{code}", "put"), ("/v1/merchants/{merchantId}/leaderboard", "get"), ("/v1/nodes/self", "get"),
            ("/v1/admin/drain", "post"), ("/v1/admin/drain", "delete"),
        ];
        foreach (var (path, method) in calls)
        {
            var call = paths.GetProperty(path).GetProperty(method);
            Assert.NotEmpty(call.GetProperty("summary").GetString()!);
            Assert.True(call.GetProperty("responses").TryGetProperty("401", out _) || path == "/v1/rooms", $"{method} {path} does not say 401.");
            Assert.NotEmpty(call.GetProperty("security").EnumerateArray());
            foreach (var name in path.Split('/').Where(part => part.StartsWith('{')))
            {
                Assert.Contains(call.GetProperty("parameters").EnumerateArray(), given => $"{{{given.GetProperty("name").GetString()}}}" == name);
            }

            if (method is "put" or "patch" || path is "/v1/orders" or "/v1/cohosts")
            {
                Assert.True(call.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
            }
        }

        Assert.Equal("http", api.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("type").GetString());
        Assert.True(api.GetProperty("components").GetProperty("schemas").TryGetProperty("OrderRequest", out _));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/watch/acme-room")]
    [InlineData("/studio/acme-room")]
    [InlineData("/ops")]
    public async Task Pages_Asked_AreHtmlWithoutAToken(string path)
    {
        using var response = await _server.Anonymous.SendAsync("GET", path);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cors_ConfiguredOrigin_MayReadTheHeadersOfASession()
    {
        using var server = new ApiServer(("MediaRelay:Http:CorsOrigins", "https://shop.example"));
        using var mine = await server.Anonymous.SendAsync("GET", "/v1/rooms", headers: ("Origin", "https://shop.example"));
        Assert.Equal("https://shop.example", mine.Headers.GetValues("Access-Control-Allow-Origin").Single());
        var exposed = string.Join(',', mine.Headers.GetValues("Access-Control-Expose-Headers"));
        Assert.All(new[] { "Location", "ETag", "Link", "Retry-After" }, header => Assert.Contains(header, exposed, StringComparison.Ordinal));
        using var foreign = await server.Anonymous.SendAsync("GET", "/v1/rooms", headers: ("Origin", "https://other.example"));
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Problem_Type_ExplainsItself()
    {
        var problem = await _server.Anonymous.GetAsync("/v1/merchants/acme/ledger", 401);
        using var page = await _server.Anonymous.SendAsync("GET", problem.GetProperty("type").GetString()!);
        Assert.StartsWith("401 ", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await _server.Anonymous.CallAsync("PATCH", "/v1/rooms/acme-room", "{}", 405);
    }

    [Fact]
    public async Task Overlay_Published_HasANumberAndAReceipt()
    {
        var acme = _server.Merchant("acme");
        var first = await acme.PostAsync("/v1/rooms/acme-room/overlays", new { type = "flashSale", merchantId = "acme", body = new { itemId = "tea" } }, 202);
        var second = await acme.PostAsync("/v1/rooms/acme-room/overlays", new { type = "coupon", merchantId = "acme", body = new { couponId = "c" }, at = 90_000 }, 202);
        Assert.True(second.GetProperty("seq").GetInt64() > first.GetProperty("seq").GetInt64());
        var receipt = await acme.GetAsync($"/v1/rooms/acme-room/overlays/{second.GetProperty("seq")}");
        Assert.Equal(0, receipt.GetProperty("sent").GetInt64());
        Assert.Equal(JsonValueKind.Null, receipt.GetProperty("p99").ValueKind);
        await _server.Merchant("zeta").GetAsync($"/v1/rooms/acme-room/overlays/{second.GetProperty("seq")}", 403);
    }

    [Theory]
    [InlineData("""{"type":"purchase","merchantId":"acme","body":{}}""", 400)]
    [InlineData("""{"type":"coupon","body":{}}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme"}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":[]}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{},"at":-1}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"merchantId":"zeta"}}""", 422)]
    [InlineData("""{"type":"coupon","merchantId":"zeta","body":{}}""", 403)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"a":"\ud83d"}}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"a":"\u0000"}}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"a":"\\u0000"}}""", 202)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"\ude00":1}}""", 400)]
    [InlineData("""{"type":"coupon","merchantId":"acme","body":{"a":"\ud83d\ude00 \\ud83d \\"}}""", 202)]
    public async Task Overlay_NotAllowed_IsRefused(string body, int status) =>
        await _server.Merchant("acme").CallAsync("POST", "/v1/rooms/acme-room/overlays", body, status);

    [Fact]
    public async Task Overlay_OfAMerchantThatIsNotShown_Is422ForThePlatform() =>
        await _server.Platform.PostAsync("/v1/rooms/acme-room/overlays", new { type = "coupon", merchantId = "zeta", body = new { } }, 422);
}
