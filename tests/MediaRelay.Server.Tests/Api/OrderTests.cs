using System.Text.Json;

namespace MediaRelay.Server.Tests.Api;

public sealed class OrderTests : IAsyncLifetime, IDisposable
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Order_OfAnotherMerchantsViewer_IsASaleHereAndAReferralThere()
    {
        var platform = _server.Platform;
        var cohost = (await platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, state = "active" }, 201))
            .GetProperty("cohostId").GetString();
        var answer = await platform.PostAsync("/v1/orders", Order("o1", "zeta", "cup", room: "acme-room", occurredAt: DateTimeOffset.UtcNow), 201);
        var record = Assert.Single(answer.GetProperty("records").EnumerateArray());
        Assert.Equal("zeta", record.GetProperty("merchantId").GetString());
        Assert.Equal("acme-room", record.GetProperty("originRoomId").GetString());
        Assert.Equal("claimed", record.GetProperty("origin").GetString());
        Assert.Equal(cohost, record.GetProperty("cohostId").GetString());

        var sale = Assert.Single(Entries(await _server.Merchant("zeta").GetAsync("/v1/merchants/zeta/ledger")));
        Assert.Equal("sale", sale.GetProperty("kind").GetString());
        Assert.Equal(9900, sale.GetProperty("amountMinor").GetInt64());
        Assert.Equal("acme-room", sale.GetProperty("originRoomId").GetString());
        Assert.Equal(cohost, sale.GetProperty("cohostId").GetString());
        var referral = Assert.Single(Entries(await _server.Merchant("acme").GetAsync("/v1/merchants/acme/ledger")));
        Assert.Equal("referral", referral.GetProperty("kind").GetString());
        Assert.Equal("o1", referral.GetProperty("orderId").GetString());
        foreach (var secret in new[] { "itemId", "quantity", "amountMinor", "currency" })
        {
            Assert.Equal(JsonValueKind.Null, referral.GetProperty(secret).ValueKind);
        }

        await _server.Merchant("acme").GetAsync("/v1/merchants/zeta/ledger", 403);
        var statement = await _server.Merchant("zeta").GetAsync($"/v1/merchants/zeta/statement?cohostId={cohost}");
        Assert.Equal(9900, statement.GetProperty("money")[0].GetProperty("netMinor").GetInt64());
        Assert.Equal(1, (await _server.Merchant("acme").GetAsync("/v1/merchants/acme/report?roomId=acme-room")).GetProperty("referrals").GetInt64());
        await _server.Merchant("acme").GetAsync("/v1/merchants/acme/report", 400);
    }

    [Fact]
    public async Task Order_Repeated_GivesTheFirstBodyOrAConflict()
    {
        var platform = _server.Platform;
        var first = await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea"), 201);
        var again = await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea"));
        Assert.Equal(first.ToString(), again.ToString());
        await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea", quantity: 2), 409);
        var quarantined = Assert.Single((await platform.GetAsync("/v1/orders/quarantine")).GetProperty("events").EnumerateArray());
        Assert.Equal("o1", quarantined.GetProperty("orderId").GetString());
        Assert.Equal(2, quarantined.GetProperty("lines")[0].GetProperty("quantity").GetInt64());
        Assert.Single(Entries(await platform.GetAsync("/v1/merchants/acme/ledger")));
    }

    [Fact]
    public async Task Order_ForAnItemOfAnotherOwner_Is422AndLeavesNothing()
    {
        await _server.Platform.PostAsync("/v1/orders", Order("o1", "acme", "cup"), 422);
        await _server.Platform.PostAsync("/v1/orders", Order("o1", "nobody", "cup"), 422);
        Assert.Empty(Entries(await _server.Platform.GetAsync("/v1/merchants/acme/ledger")));
        Assert.Empty(Entries(await _server.Platform.GetAsync("/v1/merchants/zeta/ledger")));
    }

    [Fact]
    public async Task Refund_BeforeItsSale_WaitsAndNeverExceedsIt()
    {
        var platform = _server.Platform;
        var refund = await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea", kind: "refunded", eventId: "r1"), 201);
        Assert.Equal("waiting", refund.GetProperty("state").GetString());
        Assert.Empty(Entries(await platform.GetAsync("/v1/merchants/acme/ledger")));
        await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea"), 201);
        var entries = Entries(await platform.GetAsync("/v1/merchants/acme/ledger"));
        Assert.Equal(["sale", "refund"], entries.Select(entry => entry.GetProperty("kind").GetString()));
        Assert.Equal(-1250, entries[1].GetProperty("amountMinor").GetInt64());
        await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea", kind: "refunded", eventId: "r2"), 422);
        var metrics = await (await platform.SendAsync("GET", "/metrics")).Content.ReadAsStringAsync();
        Assert.Contains("mediarelay_ledger_conservation_difference{currency=\"CNY\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("mediarelay_orders_total{kind=\"refunded\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("mediarelay_orders_refused_total{reason=\"unprocessable\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"orderId":"a b"}""", "orderId")]
    [InlineData("""{"orderId":"o","kind":"stolen"}""", "kind")]
    [InlineData("""{"orderId":"o","kind":"paid","occurredAt":"yesterday"}""", "occurredAt")]
    [InlineData("""{"orderId":"o","kind":"paid","lines":[{"lineNo":"1"}]}""", "lines[0].lineNo")]
    [InlineData("""{"orderId":"o","kind":"paid","roomId":"r","viewerId":"v","occurredAt":"2026-06-16T12:00:00Z","lines":[]}""", "lines")]
    [InlineData("""{"orderId":"o","kind":"paid","roomId":"r","viewerId":"v","occurredAt":"2026-06-16T12:00:00Z","lines":[{"lineNo":1,"merchantId":"acme","itemId":"tea","quantity":0,"amountMinor":1,"currency":"CNY"}]}""", "lines[0].quantity")]
    public async Task Order_BadField_NamesItsPath(string body, string field)
    {
        var problem = await _server.Platform.CallAsync("POST", "/v1/orders", body, 400);
        Assert.Equal(field, problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Batch_Mixed_AnswersEachForItself()
    {
        var orders = new[] { Order("o1", "acme", "tea"), Order("o1", "acme", "tea"), Order("o2", "acme", "cup"), Order("o 3", "acme", "tea"), Order("o4", "zeta", "cup") };
        var results = (await _server.Platform.PostAsync("/v1/orders/batch", new { orders })).GetProperty("results");
        Assert.Equal([201, 200, 422, 400, 201], results.EnumerateArray().Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal("/problems/bad-request", results[3].GetProperty("problem").GetProperty("type").GetString());
        Assert.Equal("o4", results[4].GetProperty("order").GetProperty("orderId").GetString());
        await _server.Platform.PostAsync("/v1/orders/batch", new { orders = Array.Empty<object>() }, 400);
    }

    [Fact]
    public async Task Ledger_Paged_IsCompleteAndVerifies()
    {
        var platform = _server.Platform;
        for (var i = 1; i <= 5; i++)
        {
            await platform.PostAsync("/v1/orders", Order($"o{i}", "acme", "tea"), 201);
        }

        var acme = _server.Merchant("acme");
        var seen = new List<long>();
        var after = "0";
        while (after is not null)
        {
            var page = await acme.GetAsync($"/v1/merchants/acme/ledger?after={after}&limit=2");
            seen.AddRange(Entries(page).Select(entry => entry.GetProperty("seq").GetInt64()));
            after = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetRawText();
        }

        Assert.Equal([1L, 2, 3, 4, 5], seen);
        var verified = await acme.GetAsync("/v1/merchants/acme/ledger/verify");
        Assert.True(verified.GetProperty("ok").GetBoolean());
        Assert.Equal(5, verified.GetProperty("entries").GetInt64());
        Assert.False(verified.TryGetProperty("firstBad", out _));
        Assert.Equal(
            Entries(await acme.GetAsync("/v1/merchants/acme/ledger"))[^1].GetProperty("hash").GetString(),
            verified.GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=ten")]
    [InlineData("limit=1&limit=2")]
    [InlineData("after=-1")]
    [InlineData("after=1.5")]
    public async Task Ledger_BadQuery_NamesIt(string query)
    {
        var problem = await _server.Merchant("acme").GetAsync("/v1/merchants/acme/ledger?" + query, 400);
        Assert.Equal(query.Split('=')[0], problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task ShareCode_OfAGuide_StandsOnTheBoard()
    {
        var platform = _server.Platform;
        await platform.PutAsync("/v1/share-codes/g1", new { merchantId = "acme", storeId = "s1", guideId = "ann" }, 201);
        await platform.PutAsync("/v1/share-codes/g1", new { merchantId = "acme", storeId = "s1", guideId = "ann" });
        await platform.PutAsync("/v1/share-codes/g2", new { merchantId = "acme", storeId = "s1" }, 400);
        await platform.PostAsync("/v1/orders", Order("o1", "acme", "tea", shareCode: "g1"), 201);
        var board = await _server.Merchant("acme").GetAsync("/v1/merchants/acme/leaderboard?window=2026-06-16T12:30:00Z");
        var guide = Assert.Single(board.GetProperty("guides").EnumerateArray());
        Assert.Equal("ann", guide.GetProperty("guideId").GetString());
        Assert.Equal(1250, guide.GetProperty("netMinor").GetInt64());
        await _server.Merchant("acme").GetAsync("/v1/merchants/acme/leaderboard?window=soon", 400);
        await _server.Merchant("zeta").GetAsync("/v1/merchants/acme/leaderboard", 403);
    }

    [Fact]
    public async Task Ledger_AfterRestart_IsTheSame()
    {
        var directory = Directory.CreateTempSubdirectory("mediarelay-restart-").FullName;
        string before;
        using (var server = await new ApiServer(("MediaRelay:Data:Directory", directory)).WithTwoMerchantsAsync())
        {
            await server.Platform.PostAsync("/v1/orders", Order("o1", "acme", "tea"), 201);
            before = (await server.Platform.GetAsync("/v1/merchants/acme/ledger")).ToString();
        }

        using (var server = new ApiServer(("MediaRelay:Data:Directory", directory)))
        {
            Assert.Equal(before, (await server.Platform.GetAsync("/v1/merchants/acme/ledger")).ToString());
            await server.Platform.PostAsync("/v1/orders", Order("o1", "acme", "tea"));
        }

        Directory.Delete(directory, recursive: true);
    }

    internal static Dictionary<string, object> Order(
        string orderId, string merchant, string item, string room = "acme-room", string kind = "paid", long quantity = 1,
        string? eventId = null, string? shareCode = null, DateTimeOffset? occurredAt = null)
    {
        var amount = quantity * (item == "cup" ? 9900 : 1250);
        var order = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["orderId"] = orderId,
            ["lines"] = new[] { new { lineNo = 1, merchantId = merchant, itemId = item, quantity, amountMinor = amount, currency = "CNY" } },
            ["roomId"] = room,
            ["viewerId"] = "viewer-1",
            ["kind"] = kind,
            ["occurredAt"] = occurredAt?.ToString("O") ?? "2026-06-16T12:00:00Z",
        };
        if (eventId is not null)
        {
            order["eventId"] = eventId;
        }

        if (shareCode is not null)
        {
            order["shareCode"] = shareCode;
        }

        return order;
    }

    private static List<JsonElement> Entries(JsonElement page) => [.. page.GetProperty("entries").EnumerateArray()];
}
