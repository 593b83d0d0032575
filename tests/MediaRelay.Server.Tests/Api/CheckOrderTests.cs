using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Tests.Api;

/// <summary>Every call: 401, then 403, then 404, then 415, then 400, each without side effect; and who may make it.</summary>
public sealed class CheckOrderTests : IAsyncLifetime, IDisposable
{
    private const string Order =
        """{"orderId":"o1","lines":[{"lineNo":1,"merchantId":"acme","itemId":"tea","quantity":1,"amountMinor":1250,"currency":"CNY"}],"roomId":"acme-room","viewerId":"v1","kind":"paid","occurredAt":"2026-06-16T12:00:00Z"}""";

    private const string Item = """{"title":"Oolong","priceMinor":1,"currency":"CNY","stock":1}""";

    private readonly ApiServer _server = new();

    /// <summary>Method, path, a good body, the roles that may; merchant means acme. Paths with {x} name things that must exist.</summary>
    public static TheoryData<string, string, string?, string> Calls => new()
    {
        { "PUT", "/v1/merchants/acme", """{"name":"Acme"}""", "platform" },
        { "GET", "/v1/merchants/acme", null, "platform merchant" },
        { "PUT", "/v1/rooms/acme-room", """{"merchantId":"acme","title":"T"}""", "platform merchant" },
        { "GET", "/v1/rooms/acme-room", null, "platform merchant host viewer" },
        { "POST", "/v1/rooms/acme-room/close", null, "platform merchant" },
        { "DELETE", "/v1/rooms/acme-room", null, "platform merchant" },
        { "PUT", "/v1/merchants/acme/shelf/oolong", Item, "platform merchant" },
        { "GET", "/v1/merchants/acme/shelf", null, "platform merchant" },
        { "DELETE", "/v1/merchants/acme/shelf/tea", null, "platform merchant" },
        { "PUT", "/v1/rooms/acme-room/spotlight/acme", """{"itemId":"tea"}""", "platform merchant" },
        { "DELETE", "/v1/rooms/acme-room/spotlight/acme", null, "platform merchant" },
        { "GET", "/v1/rooms/acme-room/shelves", null, "platform merchant host viewer" },
        { "POST", "/v1/cohosts", """{"rooms":["acme-room","zeta-room"]}""", "platform merchant" },
        { "GET", "/v1/cohosts?roomId=acme-room", null, "platform merchant" },

        // The room is another merchant's: for acme it would take a co-host session.
        { "POST", "/v1/rooms/acme-room/hand-offs", """{"toRoomId":"zeta-room","share":0.5}""", "platform" },
        { "POST", "/v1/rooms/acme-room/overlays", """{"type":"coupon","merchantId":"acme","body":{"couponId":"c1"}}""", "platform merchant" },
        { "POST", "/v1/orders", Order, "platform" },
        { "POST", "/v1/orders/batch", $$"""{"orders":[{{Order}}]}""", "platform" },
        { "GET", "/v1/orders/quarantine", null, "platform" },
        { "GET", "/v1/merchants/acme/ledger", null, "platform merchant" },
        { "GET", "/v1/merchants/acme/ledger/verify", null, "platform merchant" },
        { "GET", "/v1/merchants/acme/statement", null, "platform merchant" },
        { "GET", "/v1/merchants/acme/report?roomId=acme-room", null, "platform merchant" },
        { "GET", "/v1/merchants/acme/leaderboard", null, "platform merchant" },
        { "PUT", "/v1/share-codes/guide-1", """{"merchantId":"acme","storeId":"s1","guideId":"g1"}""", "platform" },
        { "GET", "/v1/nodes/self", null, "platform operator" },
        { "POST", "/v1/admin/drain", null, "platform operator" },
        { "DELETE", "/v1/admin/drain", null, "platform operator" },
    };

    public static IEnumerable<object?[]> CallsWithBody => Calls.Where(call => call[2] is not null).Select(call => call[..3]);

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_ByEachRole_IsForThoseWhoMay(string method, string path, string? body, string roles)
    {
        ApiClient[] others = [_server.Merchant("zeta"), _server.Host("zeta-room"), _server.Viewer("zeta-room")];
        (string Role, ApiClient Client)[] own =
        [
            ("operator", _server.Operator), ("viewer", _server.Viewer("acme-room")), ("host", _server.Host("acme-room")),
            ("merchant", _server.Merchant("acme")), ("platform", _server.Platform),
        ];
        var refused = own.Where(entry => !roles.Split(' ').Contains(entry.Role)).Select(entry => entry.Client);
        await ExpectAsync(_server.Anonymous, method, path, body, 401);
        await ExpectAsync(_server.WithToken("not.a.token"), method, path, body, 401);
        await ExpectAsync(_server.WithToken(_server.Mint(AccessRole.Platform, lifetime: TimeSpan.FromMinutes(-5))), method, path, body, 401);
        foreach (var client in refused.Concat(IsShared(path) ? [] : others))
        {
            await ExpectAsync(client, method, path, body, 403);
        }

        if (NeedsScope(method, path) && !refused.Any(client => ReferenceEquals(client, own[3].Client)))
        {
            await ExpectAsync(_server.Merchant("acme", MerchantScopes.None), method, path, body, 403);
        }

        // Nothing that was refused had an effect: the first permitted call finds the world as it was.
        Assert.Empty((await _server.Platform.GetAsync("/v1/merchants/acme/ledger")).GetProperty("entries").EnumerateArray());
        Assert.Equal(1, (await _server.Platform.GetAsync("/v1/merchants/acme/shelf")).GetProperty("version").GetInt64());
        foreach (var (_, client) in own.Where(entry => roles.Split(' ').Contains(entry.Role)).Take(1))
        {
            using var response = await client.SendAsync(method, path, body);
            Assert.InRange((int)response.StatusCode, 200, 299);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/merchants/nobody/ledger", null)]
    [InlineData("GET", "/v1/merchants/nobody/shelf", null)]
    [InlineData("PUT", "/v1/merchants/nobody/shelf/tea", "{")]
    [InlineData("DELETE", "/v1/merchants/acme/shelf/nothing", null)]
    [InlineData("GET", "/v1/rooms/nowhere", null)]
    [InlineData("DELETE", "/v1/rooms/nowhere", null)]
    [InlineData("POST", "/v1/rooms/nowhere/close", null)]
    [InlineData("GET", "/v1/rooms/nowhere/shelves", null)]
    [InlineData("PUT", "/v1/rooms/nowhere/spotlight/acme", "{")]
    [InlineData("POST", "/v1/rooms/nowhere/overlays", "{")]
    [InlineData("POST", "/v1/rooms/nowhere/hand-offs", "{")]
    [InlineData("GET", "/v1/rooms/acme-room/overlays/77", null)]
    [InlineData("GET", "/v1/rooms/acme-room/overlays/x", null)]
    [InlineData("GET", "/v1/cohosts/nothing", null)]
    [InlineData("POST", "/v1/cohosts/nothing/accept", null)]
    [InlineData("PATCH", "/v1/cohosts/nothing", "{")]
    [InlineData("GET", "/v1/rooms/%F0%9F%98%80", null)]
    [InlineData("GET", "/v1/elsewhere", null)]
    public async Task Call_ForWhatDoesNotExist_Is404BeforeItsBodyIsLookedAt(string method, string path, string? body)
    {
        await _server.Platform.CallAsync(method, path, body, 404, "text/plain");
        if (path != "/v1/elsewhere")
        {
            await _server.Anonymous.CallAsync(method, path, body, 401);
        }
    }

    [Theory]
    [MemberData(nameof(CallsWithBody))]
    public async Task Call_WithBadBody_Is415Then400(string method, string path, string body)
    {
        var platform = _server.Platform;
        await platform.CallAsync(method, path, body, 415, "text/plain");
        await platform.CallAsync(method, path, "{", 415, "application/sdp");
        await platform.CallAsync(method, path, "", 400);
        await platform.CallAsync(method, path, "null", 400);
        await platform.CallAsync(method, path, "[]", 400);
        await platform.CallAsync(method, path, "{", 400);
        await platform.CallAsync(method, path, "{}", 400);
        for (var length = 0; length < body.Length; length += 7)
        {
            await platform.CallAsync(method, path, body[..length], 400);
        }
    }

    [Fact]
    public async Task Body_OverTheLimit_Is413()
    {
        using var server = await new ApiServer(("MediaRelay:Limits:RequestBytes", "1000")).WithTwoMerchantsAsync();
        var large = $$"""{"name":"{{new string('n', 1000)}}"}""";
        await server.Platform.CallAsync("PUT", "/v1/merchants/acme", large, 413);
        await server.Anonymous.CallAsync("PUT", "/v1/merchants/acme", large, 401);
    }

    // Calls that every merchant may make for itself.
    private static bool IsShared(string path) => path.StartsWith("/v1/cohosts", StringComparison.Ordinal);

    // Reading one's own name and rooms needs none.
    private static bool NeedsScope(string method, string path) =>
        method != "GET" || !(path == "/v1/merchants/acme" || path.StartsWith("/v1/rooms/acme-room", StringComparison.Ordinal));

    private static async Task ExpectAsync(ApiClient client, string method, string path, string? body, int status) =>
        await client.CallAsync(method, path, body, status);
}
