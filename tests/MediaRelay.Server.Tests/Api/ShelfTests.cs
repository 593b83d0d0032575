using System.Text.Json;

namespace MediaRelay.Server.Tests.Api;

public sealed class ShelfTests : IAsyncLifetime, IDisposable
{
    private const string Item = """{"title":"Oolong","priceMinor":2500,"currency":"CNY","stock":3,"position":1,"url":"https://shop.example/o"}""";

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Shelf_Changed_HasANewVersionAndOrder()
    {
        var acme = _server.Merchant("acme");
        await acme.PutAsync("/v1/merchants/acme/shelf/tea", new { title = "Tea", priceMinor = 1250, currency = "CNY", stock = 99, position = 5 });
        using var put = await acme.SendAsync("PUT", "/v1/merchants/acme/shelf/oolong", Item);
        Assert.Equal(201, (int)put.StatusCode);
        Assert.Equal("\"3\"", put.Headers.ETag?.ToString());

        using var read = await acme.SendAsync("GET", "/v1/merchants/acme/shelf");
        Assert.Equal("\"3\"", read.Headers.ETag?.ToString());
        var shelf = JsonDocument.Parse(await read.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(["oolong", "tea"], ItemIds(shelf.GetProperty("items")));
        var oolong = shelf.GetProperty("items")[0];
        Assert.Equal("acme", oolong.GetProperty("merchantId").GetString());
        Assert.Equal(2500, oolong.GetProperty("priceMinor").GetInt64());
        Assert.Equal("https://shop.example/o", oolong.GetProperty("url").GetString());

        using var unchanged = await acme.SendAsync("GET", "/v1/merchants/acme/shelf", headers: ("If-None-Match", "\"3\""));
        Assert.Equal(304, (int)unchanged.StatusCode);
        await acme.DeleteAsync("/v1/merchants/acme/shelf/oolong");
        await acme.DeleteAsync("/v1/merchants/acme/shelf/oolong", 404);
        Assert.Equal(["tea"], ItemIds((await acme.GetAsync("/v1/merchants/acme/shelf")).GetProperty("items")));
    }

    [Theory]
    [InlineData("\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"0\"", 412)]
    [InlineData("W/\"1\"", 412)]
    [InlineData("1", 412)]
    public async Task Put_IfMatch_IsForTheVersionThatIsKnown(string ifMatch, int status)
    {
        using var response = await _server.Merchant("acme").SendAsync(
            "PUT", "/v1/merchants/acme/shelf/tea", Item, headers: ("If-Match", ifMatch));
        Assert.Equal(status, (int)response.StatusCode);
        var title = (await _server.Platform.GetAsync("/v1/merchants/acme/shelf")).GetProperty("items")[0].GetProperty("title").GetString();
        Assert.Equal(status == 200 ? "Oolong" : "Tea", title);
    }

    [Fact]
    public async Task Put_IfMatchAnyOfAMissingItem_Is412()
    {
        using var response = await _server.Merchant("acme").SendAsync(
            "PUT", "/v1/merchants/acme/shelf/new", Item, headers: ("If-Match", "*"));
        Assert.Equal(412, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("title", "\"\"")]
    [InlineData("priceMinor", "-1")]
    [InlineData("priceMinor", "12.5")]
    [InlineData("priceMinor", "\"1250\"")]
    [InlineData("priceMinor", "99999999999999999999")]
    [InlineData("currency", "\"cny\"")]
    [InlineData("stock", "null")]
    [InlineData("imageUrl", "\"javascript:alert(1)\"")]
    [InlineData("url", "\"/relative\"")]
    [InlineData("position", "10000")]
    public async Task Put_BadField_NamesIt(string field, string value)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = "\"T\"", ["priceMinor"] = "1", ["currency"] = "\"CNY\"", ["stock"] = "1",
        };
        fields[field] = value;
        var body = "{" + string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
        var problem = await _server.Merchant("acme").CallAsync("PUT", "/v1/merchants/acme/shelf/bad", body, 400);
        Assert.Equal(field, problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Put_MemberTwice_Is400()
    {
        var body = """{"title":"T","priceMinor":1,"priceMinor":2,"currency":"CNY","stock":1}""";
        await _server.Merchant("acme").CallAsync("PUT", "/v1/merchants/acme/shelf/bad", body, 400);
    }

    [Fact]
    public async Task Spotlight_OfEachMerchant_IsShownInItsRoom()
    {
        var acme = _server.Merchant("acme");
        await acme.PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        var shelves = await acme.GetAsync("/v1/rooms/acme-room/shelves");
        var own = Assert.Single(shelves.GetProperty("merchants").EnumerateArray());
        Assert.Equal("tea", own.GetProperty("spotlight").GetProperty("itemId").GetString());
        Assert.Equal(["tea"], ItemIds(own.GetProperty("shelf")));

        await acme.PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "cup" }, 422);
        await acme.PutAsync("/v1/rooms/zeta-room/spotlight/acme", new { itemId = "tea" }, 403);
        await acme.PutAsync("/v1/rooms/acme-room/spotlight/zeta", new { itemId = "cup" }, 403);
        await _server.Platform.PutAsync("/v1/rooms/acme-room/spotlight/zeta", new { itemId = "cup" }, 409);
        await acme.DeleteAsync("/v1/rooms/acme-room/spotlight/acme");
        own = (await acme.GetAsync("/v1/rooms/acme-room/shelves")).GetProperty("merchants")[0];
        Assert.Equal(JsonValueKind.Null, own.GetProperty("spotlight").ValueKind);
    }

    private static string[] ItemIds(JsonElement items) => [.. items.EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
}
