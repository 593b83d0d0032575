using System.Text.Json;

namespace MediaRelay.Server.Tests.Api;

public sealed class RoomTests : IAsyncLifetime, IDisposable
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Put_NewThenAgain_CreatesThenUpdates()
    {
        var acme = _server.Merchant("acme");
        using var created = await acme.SendAsync(
            "PUT", "/v1/rooms/r9", """{"merchantId":"acme","title":"One","orientation":"landscape","videoCodec":"vp8","unknown":1}""");
        Assert.Equal(201, (int)created.StatusCode);
        Assert.Equal("/v1/rooms/r9", created.Headers.Location?.ToString());

        var room = await acme.PutAsync("/v1/rooms/r9", new { merchantId = "acme", title = "Two", @public = true });
        Assert.Equal("Two", room.GetProperty("title").GetString());
        Assert.Equal("portrait", room.GetProperty("orientation").GetString());
        Assert.True(room.GetProperty("public").GetBoolean());
        Assert.Equal("Acme", room.GetProperty("merchantName").GetString());
        Assert.False(room.GetProperty("live").GetBoolean());
        Assert.Equal(room.ToString(), (await _server.Anonymous.GetAsync("/v1/rooms/r9")).ToString());
    }

    [Theory]
    [InlineData("""{"title":"T"}""", "merchantId")]
    [InlineData("""{"merchantId":"a b","title":"T"}""", "merchantId")]
    [InlineData("""{"merchantId":"acme"}""", "title")]
    [InlineData("""{"merchantId":"acme","title":""}""", "title")]
    [InlineData("""{"merchantId":"acme","title":7}""", "title")]
    [InlineData("""{"merchantId":"acme","title":"T","orientation":"square"}""", "orientation")]
    [InlineData("""{"merchantId":"acme","title":"T","videoCodec":"H264"}""", "videoCodec")]
    [InlineData("""{"merchantId":"acme","title":"T","public":"yes"}""", "public")]
    public async Task Put_BadField_NamesIt(string body, string field)
    {
        var problem = await _server.Platform.CallAsync("PUT", "/v1/rooms/r9", body, 400);
        Assert.Equal(field, problem.GetProperty("field").GetString());
        Assert.NotEmpty(problem.GetProperty("allowed").GetString()!);
        await _server.Platform.GetAsync("/v1/rooms/r9", 404);
    }

    [Fact]
    public async Task Put_OtherMerchant_IsConflictAlsoAfterDelete()
    {
        var platform = _server.Platform;
        await platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "zeta", title = "Mine" }, 409);
        await _server.Merchant("zeta").PutAsync("/v1/rooms/acme-room", new { merchantId = "zeta", title = "Mine" }, 403);
        await _server.Merchant("zeta").PutAsync("/v1/rooms/new-room", new { merchantId = "acme", title = "Yours" }, 403);
        await platform.DeleteAsync("/v1/rooms/acme-room");
        await platform.GetAsync("/v1/rooms/acme-room", 404);
        await platform.DeleteAsync("/v1/rooms/acme-room", 404);
        await platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "zeta", title = "Mine" }, 409);
        await platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Back" }, 201);
    }

    [Fact]
    public async Task List_ByToken_ShowsWhatItMayRead()
    {
        Assert.Equal(["zeta-room"], Ids(await _server.Anonymous.GetAsync("/v1/rooms")));
        Assert.Equal(["acme-room"], Ids(await _server.Merchant("acme").GetAsync("/v1/rooms")));
        Assert.Equal(["zeta-room"], Ids(await _server.Merchant("zeta").GetAsync("/v1/rooms")));
        Assert.Equal(["acme-room", "zeta-room"], Ids(await _server.Platform.GetAsync("/v1/rooms")));
        Assert.Equal(["acme-room", "zeta-room"], Ids(await _server.Viewer("acme-room").GetAsync("/v1/rooms")));
        await _server.WithToken("broken").GetAsync("/v1/rooms", 401);
    }

    [Fact]
    public async Task Rooms_AtTheLimit_Are503()
    {
        using var server = await new ApiServer(("MediaRelay:Limits:Rooms", "2")).WithTwoMerchantsAsync();
        await server.Platform.PutAsync("/v1/rooms/r3", new { merchantId = "acme", title = "Third" }, 503);
        await server.Platform.PutAsync("/v1/rooms/acme-room", new { merchantId = "acme", title = "Same" });
    }

    [Fact]
    public async Task Public_Room_NeedsNoTokenToRead()
    {
        await _server.Anonymous.GetAsync("/v1/rooms/zeta-room");
        await _server.Anonymous.GetAsync("/v1/rooms/zeta-room/shelves");
        await _server.Anonymous.GetAsync("/v1/rooms/acme-room", 401);
        await _server.Anonymous.GetAsync("/v1/rooms/nowhere", 401);
        await _server.Viewer("acme-room").GetAsync("/v1/rooms/zeta-room");
    }

    [Fact]
    public async Task DevLinks_InDevelopment_CarryTokensThatWork()
    {
        var links = await _server.Anonymous.GetAsync("/dev/links");
        var platform = _server.WithToken(links.GetProperty("platformToken").GetString()!);
        await platform.GetAsync("/v1/orders/quarantine");
        var room = links.GetProperty("rooms").EnumerateArray().First(link => link.GetProperty("roomId").GetString() == "acme-room");
        Assert.Equal("Acme", room.GetProperty("merchantName").GetString());
        var viewer = room.GetProperty("watchUrl").GetString()!.Split("#token=")[1];
        await _server.WithToken(viewer).GetAsync("/v1/rooms/acme-room");
        var studio = room.GetProperty("studioUrl").GetString()!;
        Assert.StartsWith("/studio/acme-room#token=", studio, StringComparison.Ordinal);
        await _server.WithToken(studio.Split("&merchant=")[1]).GetAsync("/v1/merchants/acme/ledger");
        await _server.WithToken(links.GetProperty("opsUrl").GetString()!.Split("#token=")[1]).GetAsync("/v1/nodes/self");
    }

    private static string[] Ids(JsonElement list) =>
        [.. list.GetProperty("rooms").EnumerateArray().Select(room => room.GetProperty("roomId").GetString()!)];
}
