using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Overlays;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Auth;

/// <summary>
/// Every call that the server has, made at random with tokens of one merchant on things of another: nothing of the other's
/// comes back, and nothing of it changes. All that belongs to the other has "zeta" in its name or says a secret.
/// </summary>
public sealed class TokenFuzzTests : IDisposable
{
    private const string Secret = "SECRET-OF-ZETA";
    private static readonly string[] Unprotected = ["v1/ledger-keys"];

    private readonly ApiServer _server = new();
    private readonly Dictionary<string, string[]> _ids = new(StringComparer.Ordinal);

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(616)]
    public Task ForeignTokens_OnEveryCall_SeeAndChangeNothing(int seed) => FuzzAsync(seed, 2500);

    [Fact]
    [Trait("Category", "Long")]
    public Task ForeignTokens_HundredThousandTimes_SeeAndChangeNothing() => FuzzAsync(1206, 100_000);

    [Fact]
    public async Task OpenApi_EveryCallOfIt_IsAmongTheFuzzed()
    {
        var described = (await _server.Anonymous.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name.TrimStart('/')}"))
            .Where(call => call.Split(' ')[1].StartsWith("v1/", StringComparison.Ordinal));

        var fuzzed = Calls().Select(call => $"{call.Method} {call.Pattern}").ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(described, call => !fuzzed.Contains(call));
        Assert.True(fuzzed.Count > 40, $"{fuzzed.Count} calls");
    }

    private async Task FuzzAsync(int seed, int requests)
    {
        await FillAsync();
        var random = new Random(seed);
        var calls = Calls();
        var tokens = Tokens();
        using var client = _server.CreateClient();
        var before = StateOfZeta();
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < requests; i++)
        {
            var (method, pattern) = calls[random.Next(calls.Count)];
            var isAllForeign = random.Next(3) > 0;
            var path = Fill(pattern, random, isAllForeign);
            using var request = new HttpRequestMessage(new HttpMethod(method), "/" + path + Query(random));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[random.Next(tokens.Count)]);
            if (method is "POST" or "PUT" or "PATCH")
            {
                request.Content = new StringContent(Body(random), Encoding.UTF8);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(
                    pattern.StartsWith("wh", StringComparison.Ordinal) ? "application/sdp" : "application/json");
            }

            using var answer = await client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            var status = (int)answer.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            var context = $"seed {seed}, request {i}: {method} /{path}: {status} {text}";
            Assert.False(text.Contains(Secret, StringComparison.Ordinal), context);
            Assert.True(status < 500 || status == 503, context);
            Assert.False(
                isAllForeign && status < 300 && pattern.Contains('{', StringComparison.Ordinal) && !IsOwnInPattern(path), context);
            if (i % 500 == 499)
            {
                Assert.True(before == StateOfZeta(), context);
            }
        }

        Assert.Equal(before, StateOfZeta());

        // Most are refused, and some do what the token may do on its own things: otherwise nothing was tried.
        Assert.True(statuses.GetValueOrDefault(403) > requests / 3, string.Join(' ', statuses));
        Assert.True(statuses.Where(status => status.Key < 300).Sum(status => status.Value) > requests / 100, string.Join(' ', statuses));
    }

    private async Task FillAsync()
    {
        var platform = _server.Platform;
        await platform.PutAsync("/v1/merchants/acme", new { name = "Acme" }, 201);
        await platform.PutAsync("/v1/merchants/zeta", new { name = Secret }, 201);
        foreach (var room in new[] { "acme-room", "zeta-room", "zeta-two" })
        {
            var owner = room[..4];
            await platform.PutAsync($"/v1/rooms/{room}", new { merchantId = owner, title = owner == "zeta" ? Secret : "Tea night" }, 201);
        }

        await platform.PutAsync("/v1/merchants/acme/shelf/tea", new { title = "Tea", priceMinor = 1250, currency = "CNY", stock = 100 }, 201);
        await platform.PutAsync("/v1/merchants/zeta/shelf/zeta-cup", new { title = Secret, priceMinor = 9900, currency = "CNY", stock = 10 }, 201);
        await platform.PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "zeta-cup" });
        await platform.PutAsync("/v1/share-codes/zeta-code", new { merchantId = "zeta", storeId = Secret, guideId = Secret }, 201);
        var service = _server.Services.GetRequiredService<CommerceHost>().Service;
        await service.StartShowAsync(DateTimeOffset.UtcNow, RoomId.Parse("zeta-room"));
        await FillCampaignsAsync(service);
        await platform.PostAsync("/v1/orders", Order("zeta-order"), 201);
        await platform.PostAsync("/v1/rooms/zeta-room/close");
        await service.HandleTimeoutAsync(DateTimeOffset.UtcNow.AddHours(1));
        var statement = (await platform.GetAsync("/v1/merchants/zeta/statements")).GetProperty("statements")[0];
        var cohost = await platform.PostAsync("/v1/cohosts", new { rooms = new[] { "zeta-room", "zeta-two" }, state = "active" }, 201);
        _ids["merchantId"] = ["zeta", "acme"];
        _ids["roomId"] = ["zeta-room", "acme-room"];
        _ids["itemId"] = ["zeta-cup", "tea"];
        _ids["cohostId"] = [cohost.GetProperty("cohostId").GetString()!, "none"];
        _ids["code"] = ["zeta-code", "acme-code"];
        _ids["orderId"] = ["zeta-order", "acme-order"];
        _ids["statementId"] = [statement.GetProperty("statementId").GetString()!, "none"];
        _ids["seq"] = ["1", "0"];
        _ids["drawId"] = ["zeta-draw", "acme-draw"];
        _ids["sessionId"] = ["zeta-session", "none"];

        // Nobody listens there, and acme's invitations are none of its events.
        await platform.PutAsync(
            "/v1/webhooks/zeta-hook", new { url = "https://zeta.invalid/", events = new[] { "order.*" }, merchantId = "zeta" }, 201);
        _ids["webhookId"] = ["zeta-hook", "acme-hook"];
    }

    // A draw that waits for its seed, an open one and a coupon, each with somebody in it; and one of acme's under the name of zeta's.
    private async Task FillCampaignsAsync(CommerceService service)
    {
        var platform = _server.Platform;
        foreach (var body in new object[] { new { drawId = "zeta-draw", title = Secret }, new { drawId = "zeta-open", title = Secret } })
        {
            await platform.PostAsync("/v1/rooms/zeta-room/overlays", new { type = "draw", merchantId = "zeta", body }, 202);
        }

        await platform.PostAsync(
            "/v1/rooms/zeta-room/overlays", new { type = "coupon", merchantId = "zeta", body = new { couponId = "zeta-coupon", title = Secret } }, 202);
        await platform.PostAsync("/v1/rooms/acme-room/overlays", new { type = "draw", merchantId = "acme", body = new { drawId = "acme-draw" } }, 202);
        foreach (var (kind, id) in new[] { (CampaignKind.Draw, "zeta-draw"), (CampaignKind.Draw, "zeta-open"), (CampaignKind.Coupon, "zeta-coupon") })
        {
            var answer = await service.ParticipateAsync(
                DateTimeOffset.UtcNow, RoomId.Parse("zeta-room"), new CampaignKey(MerchantId.Parse("zeta"), kind, id), ViewerId.Parse(Secret));
            Assert.Equal(ParticipationResult.Accepted, answer.Value.Result);
        }

        await platform.PostAsync(
            "/v1/rooms/zeta-room/overlays", new { type = "draw", merchantId = "zeta", body = new { drawId = "zeta-draw", action = "close" } }, 202);
    }

    private List<(string Method, string Pattern)> Calls() =>
        [.. _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => (Pattern: endpoint.RoutePattern.RawText!.TrimStart('/'), endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods))
            .Where(call => call.HttpMethods is not null && (call.Pattern.StartsWith("v1/", StringComparison.Ordinal) || call.Pattern.StartsWith("wh", StringComparison.Ordinal)))
            .SelectMany(call => call.HttpMethods!.Select(method => (method, call.Pattern)))
            .OrderBy(call => call.Pattern, StringComparer.Ordinal).ThenBy(call => call.method, StringComparer.Ordinal)];

    // Every set of scopes, host and viewer of its own room: all tokens that one merchant's side can have.
    private List<string> Tokens() =>
    [
        .. Enumerable.Range(0, (int)MerchantScopes.All + 1).Select(scopes => _server.Mint(AccessRole.Merchant, merchant: "acme", scopes: (MerchantScopes)scopes)),
        .. Enumerable.Repeat(_server.Mint(AccessRole.Merchant, merchant: "acme"), 16),
        .. Enumerable.Repeat(_server.Mint(AccessRole.Host, room: "acme-room"), 8),
        .. Enumerable.Repeat(_server.Mint(AccessRole.Viewer, room: "acme-room"), 8),
    ];

    private string Fill(string pattern, Random random, bool isAllForeign) => string.Join('/', pattern.Split('/').Select(part =>
    {
        if (part is not ['{', .., '}'])
        {
            return part;
        }

        var name = part[1..^1].Split(':')[0];
        Assert.True(_ids.ContainsKey(name), $"The path {pattern} has a new part {{{name}}}: say which of zeta's things it may name.");
        return _ids[name][isAllForeign ? 0 : random.Next(2)];
    }));

    private static bool IsOwnInPattern(string path) => Unprotected.Contains(path, StringComparer.Ordinal);

    private static string Query(Random random) => random.Next(4) switch
    {
        0 => "?roomId=zeta-room",
        1 => "?cohostId=zeta-none&policy=2",
        2 => "?after=0&limit=1000",
        _ => "",
    };

    // One body for all calls: what a call does not know it does not look at.
    private string Body(Random random)
    {
        string Pick(string kind) => _ids[kind][random.Next(2)];
        var line = new { lineNo = 1, merchantId = Pick("merchantId"), itemId = Pick("itemId"), quantity = 1, amountMinor = 100, currency = "CNY" };
        return JsonSerializer.Serialize(new
        {
            name = "Changed",
            merchantId = Pick("merchantId"),
            title = "Changed",
            itemId = Pick("itemId"),
            priceMinor = 1,
            currency = "CNY",
            stock = 1,
            rooms = random.Next(2) == 0 ? ["acme-room", "zeta-room"] : new[] { "zeta-room", "zeta-two" },
            state = random.Next(2) == 0 ? "active" : null,
            layout = "picture-in-picture",
            type = random.Next(2) == 0 ? "coupon" : "draw",
            body = new
            {
                title = "Changed",
                drawId = Pick("drawId"),
                couponId = random.Next(2) == 0 ? "zeta-coupon" : "acme-coupon",
                action = random.Next(3) switch { 0 => "close", 1 => "reveal", _ => "open" },
            },
            toRoomId = Pick("roomId"),
            share = 1,
            orderId = Pick("orderId"),
            lines = new[] { line },
            roomId = Pick("roomId"),
            viewerId = "v",
            kind = "refunded",
            occurredAt = "2026-06-16T12:00:00Z",
            storeId = "s",
            guideId = "g",
            parentCode = random.Next(2) == 0 ? "zeta-code" : null,
            url = "https://example.com/hook",
            events = new[] { "order.attributed" },
        });
    }

    private static object Order(string id) => new
    {
        orderId = id,
        lines = new[] { new { lineNo = 1, merchantId = "zeta", itemId = "zeta-cup", quantity = 1, amountMinor = 9900, currency = "CNY" } },
        roomId = "zeta-room",
        viewerId = Secret,
        kind = "paid",
        occurredAt = "2026-06-16T12:00:00Z",
        shareCode = "zeta-code",
    };

    // Every row of every table that names something of zeta's, and what its viewers were told. Acme may invite zeta's
    // rooms: that is a question to zeta and no change of what it has.
    private string StateOfZeta()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_server.DataDirectory, "commerce.db")};Pooling=False");
        connection.Open();
        foreach (var table in Read(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
        {
            var rows = Read(connection, $"SELECT * FROM {table}").Where(row =>
                row.Contains("zeta", StringComparison.Ordinal) && !row.Contains("acme", StringComparison.Ordinal));
            foreach (var row in rows.Order(StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{table}: {row}\n"));
            }
        }

        var overlays = _server.Services.GetRequiredService<OverlayHub>();
        foreach (var room in new[] { "zeta-room", "zeta-two" })
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{room} {overlays.Room(RoomId.Parse(room)).LastSeq}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                byte[] bytes => Encoding.Latin1.GetString(bytes),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        }

        return rows;
    }
}
