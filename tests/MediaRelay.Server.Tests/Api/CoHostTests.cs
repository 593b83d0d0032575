using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MediaRelay.Server.Api;
using MediaRelay.Server.Auth;

namespace MediaRelay.Server.Tests.Api;

public sealed class CoHostTests : IAsyncLifetime, IDisposable
{
    private static readonly object BothRooms = new { rooms = new[] { "acme-room", "zeta-room" } };

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Invitation_Accepted_JoinsBothShelves()
    {
        var (acme, zeta) = (_server.Merchant("acme"), _server.Merchant("zeta"));
        var invited = await acme.PostAsync("/v1/cohosts", BothRooms, 201);
        var id = invited.GetProperty("cohostId").GetString();
        Assert.Equal("invited", invited.GetProperty("state").GetString());
        Assert.Equal("acme", invited.GetProperty("invitedBy").GetString());
        Assert.Equal("auto", invited.GetProperty("layout").GetString());
        Assert.Equal([true, false], invited.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("accepted").GetBoolean()));
        Assert.Equal(id, Ids(await zeta.GetAsync("/v1/cohosts?roomId=zeta-room")).Single());

        Assert.Equal("invited", (await acme.PostAsync($"/v1/cohosts/{id}/accept")).GetProperty("state").GetString());
        Assert.Equal("active", (await zeta.PostAsync($"/v1/cohosts/{id}/accept")).GetProperty("state").GetString());
        Assert.Equal("active", (await zeta.PostAsync($"/v1/cohosts/{id}/accept")).GetProperty("state").GetString());
        Assert.Equal(id, (await acme.GetAsync("/v1/rooms/acme-room")).GetProperty("cohostId").GetString());

        var shelves = (await acme.GetAsync("/v1/rooms/acme-room/shelves")).GetProperty("merchants");
        Assert.Equal(["acme", "zeta"], shelves.EnumerateArray().Select(part => part.GetProperty("merchantId").GetString()));
        shelves = (await zeta.GetAsync("/v1/rooms/zeta-room/shelves")).GetProperty("merchants");
        Assert.Equal(["zeta", "acme"], shelves.EnumerateArray().Select(part => part.GetProperty("merchantId").GetString()));

        // Its own spotlight and overlays also in the other's room, as long as it lasts; nothing of the other's.
        await acme.PutAsync("/v1/rooms/zeta-room/spotlight/acme", new { itemId = "tea" });
        await acme.PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "cup" }, 403);
        await acme.PostAsync("/v1/rooms/zeta-room/overlays", new { type = "coupon", merchantId = "acme", body = new { couponId = "c" } }, 202);
        await acme.PostAsync("/v1/rooms/zeta-room/overlays", new { type = "coupon", merchantId = "zeta", body = new { couponId = "c" } }, 403);
        await acme.GetAsync("/v1/merchants/zeta/ledger", 403);
        await acme.GetAsync("/v1/merchants/zeta/shelf", 403);

        Assert.Equal("ended", (await acme.DeleteAsync($"/v1/cohosts/{id}", 200)).GetProperty("state").GetString());
        Assert.Equal("ended", (await zeta.DeleteAsync($"/v1/cohosts/{id}", 200)).GetProperty("state").GetString());
        await acme.PutAsync("/v1/rooms/zeta-room/spotlight/acme", new { itemId = "tea" }, 403);
        Assert.Single((await acme.GetAsync("/v1/rooms/acme-room/shelves")).GetProperty("merchants").EnumerateArray());
    }

    [Fact]
    public async Task Invitation_DeclinedOrWithdrawn_IsOver()
    {
        var (acme, zeta) = (_server.Merchant("acme"), _server.Merchant("zeta"));
        var first = Id(await acme.PostAsync("/v1/cohosts", BothRooms, 201));
        Assert.Equal("declined", (await zeta.PostAsync($"/v1/cohosts/{first}/decline")).GetProperty("state").GetString());
        await zeta.PostAsync($"/v1/cohosts/{first}/accept", status: 409);
        var second = Id(await acme.PostAsync("/v1/cohosts", BothRooms, 201));
        Assert.Equal("cancelled", (await acme.DeleteAsync($"/v1/cohosts/{second}", 200)).GetProperty("state").GetString());
        Assert.Empty(Ids(await acme.GetAsync("/v1/cohosts")));
        Assert.Equal(2, Ids(await acme.GetAsync("/v1/cohosts?open=false")).Length);
        await acme.GetAsync("/v1/cohosts?open=maybe", 400);
        await acme.GetAsync("/v1/cohosts?roomId=a%20b", 400);
    }

    [Fact]
    public async Task Session_OfThePlatform_IsActiveAtOnceAndExclusive()
    {
        var platform = _server.Platform;
        await platform.PutAsync("/v1/rooms/third", new { merchantId = "acme", title = "Third" }, 201);
        var session = await platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, layout = "side-by-side", state = "active" }, 201);
        Assert.Equal("active", session.GetProperty("state").GetString());
        Assert.Equal("side-by-side", session.GetProperty("layout").GetString());
        await platform.PostAsync("/v1/cohosts", new { rooms = new[] { "third", "zeta-room" }, state = "active" }, 409);
        Assert.Equal(1, (await _server.Operator.GetAsync("/v1/nodes/self")).GetProperty("cohostSessions").GetInt32());
    }

    [Fact]
    public async Task Consents_OfMerchantsAndThePlatform_AreKeptWithWhoAndWhen()
    {
        var (acme, zeta) = (_server.Merchant("acme"), _server.Merchant("zeta"));
        var invited = await acme.PostAsync("/v1/cohosts", BothRooms, 201);
        var members = invited.GetProperty("members").EnumerateArray().ToList();
        Assert.Equal("merchant", members[0].GetProperty("acceptedBy").GetString());
        Assert.Equal(invited.GetProperty("invitedAt").GetDateTimeOffset(), members[0].GetProperty("acceptedAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, members[1].TryGetProperty("acceptedBy", out var by) ? by.ValueKind : JsonValueKind.Null);

        var id = Id(invited);
        var active = await zeta.PostAsync($"/v1/cohosts/{id}/accept");
        var again = await zeta.PostAsync($"/v1/cohosts/{id}/accept");
        Assert.Equal(active.GetRawText(), again.GetRawText());
        members = [.. active.GetProperty("members").EnumerateArray()];
        Assert.Equal("merchant", members[1].GetProperty("acceptedBy").GetString());
        Assert.Equal(active.GetProperty("activeAt").GetDateTimeOffset(), members[1].GetProperty("acceptedAt").GetDateTimeOffset());
        await acme.DeleteAsync($"/v1/cohosts/{id}", 200);

        var asked = Id(await acme.PostAsync("/v1/cohosts", BothRooms, 201));
        members = [.. (await _server.Platform.PostAsync($"/v1/cohosts/{asked}/accept")).GetProperty("members").EnumerateArray()];
        Assert.Equal(["merchant", "platform"], members.Select(member => member.GetProperty("acceptedBy").GetString()));
    }

    [Fact]
    public async Task Session_NoCapacityLeft_IsRefusedLastAndRepeatsAreNot()
    {
        var full = new Full();
        using var server = await new ApiServer(services => services.AddSingleton<ICoHostCapacity>(full)).WithTwoMerchantsAsync();
        var (acme, zeta) = (server.Merchant("acme"), server.Merchant("zeta"));
        var body = JsonSerializer.Serialize(BothRooms);
        using var first = await acme.SendAsync("POST", "/v1/cohosts", body, headers: ("Idempotency-Key", "k1"));
        var id = first.Headers.Location!.OriginalString.Split('/')[^1];

        full.Reason = "There is too little CPU: 0.35 of a core is needed, 0.10 is free.";
        using (var refused = await zeta.SendAsync("POST", $"/v1/cohosts/{id}/accept"))
        {
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            Assert.Contains("0.35 of a core", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("invited", (await zeta.GetAsync($"/v1/cohosts/{id}")).GetProperty("state").GetString());
        await acme.PostAsync("/v1/cohosts", BothRooms, 503);
        await acme.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "nowhere" } }, 404);
        using var again = await acme.SendAsync("POST", "/v1/cohosts", body, headers: ("Idempotency-Key", "k1"));
        Assert.Equal(201, (int)again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);

        full.Reason = null;
        Assert.Equal("active", (await zeta.PostAsync($"/v1/cohosts/{id}/accept")).GetProperty("state").GetString());
        full.Reason = "There is too little CPU.";
        Assert.Equal("active", (await zeta.PostAsync($"/v1/cohosts/{id}/accept")).GetProperty("state").GetString());
        await server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "zeta-room", "acme-room" }, state = "active" }, 409);
    }

    [Theory]
    [InlineData("""{"rooms":["acme-room"]}""", 400)]
    [InlineData("""{"rooms":["acme-room","acme-room"]}""", 400)]
    [InlineData("""{"rooms":["acme-room",null]}""", 400)]
    [InlineData("""{"rooms":["acme-room","a b"]}""", 400)]
    [InlineData("""{"rooms":["a","b","c","d","e"]}""", 400)]
    [InlineData("""{"rooms":"acme-room"}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"layout":"spiral"}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"layout":7}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"layout":{"tiles":[]}}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"layout":{"tiles":[{"roomId":"acme-room","x":0.6,"y":0,"w":0.6,"h":1}]}}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"layout":{"tiles":[{"roomId":"acme-room","x":"0","y":0,"w":0.6,"h":1}]}}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"state":"ended"}""", 400)]
    [InlineData("""{"rooms":["acme-room","zeta-room"],"state":"active"}""", 403)]
    [InlineData("""{"rooms":["zeta-room","other"]}""", 403)]
    public async Task Create_NotAllowedToAMerchant_IsRefused(string body, int status)
    {
        await _server.Merchant("acme").CallAsync("POST", "/v1/cohosts", body, status);
        Assert.Empty(Ids(await _server.Platform.GetAsync("/v1/cohosts?open=false")));
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_GivesTheSameSession()
    {
        var acme = _server.Merchant("acme");
        var body = JsonSerializer.Serialize(BothRooms);
        using var first = await acme.SendAsync("POST", "/v1/cohosts", body, headers: ("Idempotency-Key", "k1"));
        using var again = await acme.SendAsync("POST", "/v1/cohosts", body, headers: ("Idempotency-Key", "k1"));
        Assert.Equal(201, (int)first.StatusCode);
        Assert.Equal(201, (int)again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        using var other = await acme.SendAsync(
            "POST", "/v1/cohosts", """{"rooms":["zeta-room","acme-room"]}""", headers: ("Idempotency-Key", "k1"));
        Assert.InRange((int)other.StatusCode, 409, 422);
    }

    [Fact]
    public async Task Layout_Changed_IsReadBack()
    {
        var id = Id(await _server.Platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, state = "active" }, 201));
        var tiles = new[]
        {
            new { roomId = "acme-room", x = 0.0, y = 0.0, w = 1.0, h = 1.0, z = 0, fit = "contain" },
            new { roomId = "zeta-room", x = 0.6, y = 0.6, w = 0.3, h = 0.3, z = 1, fit = "cover" },
        };
        var zeta = _server.Merchant("zeta");
        await zeta.PatchAsync($"/v1/cohosts/{id}", new { layout = new { tiles } });
        var layout = (await zeta.GetAsync($"/v1/cohosts/{id}")).GetProperty("layout").GetProperty("tiles");
        Assert.Equal(JsonSerializer.Serialize(tiles), JsonSerializer.Serialize(layout.Deserialize<object>()).Replace(" ", "", StringComparison.Ordinal)
            .Replace("\"x\":0,\"y\":0,\"w\":1,\"h\":1", "\"x\":0,\"y\":0,\"w\":1,\"h\":1", StringComparison.Ordinal));
        await zeta.PatchAsync($"/v1/cohosts/{id}", new { layout = "main-strip", at = 900_000 });
        Assert.Equal("main-strip", (await zeta.GetAsync($"/v1/cohosts/{id}")).GetProperty("layout").GetString());
        await zeta.PatchAsync($"/v1/cohosts/{id}", new { at = 1 }, 400);
        await zeta.PatchAsync($"/v1/cohosts/{id}", new { layout = "auto", at = -1 }, 400);
        await zeta.PatchAsync($"/v1/cohosts/{id}", new { layout = new { tiles = new[] { new { roomId = "elsewhere", x = 0, y = 0, w = 1, h = 1 } } } }, 422);
    }

    [Fact]
    public async Task Session_OfOthers_IsNotForAMerchant()
    {
        await _server.Platform.PutAsync("/v1/merchants/mu", new { name = "Mu" }, 201);
        var id = Id(await _server.Merchant("acme").PostAsync("/v1/cohosts", BothRooms, 201));
        var mu = _server.Merchant("mu");
        await mu.GetAsync($"/v1/cohosts/{id}", 403);
        await mu.PostAsync($"/v1/cohosts/{id}/accept", status: 403);
        await mu.DeleteAsync($"/v1/cohosts/{id}", 403);
        await _server.Merchant("zeta", MerchantScopes.Shelf).PostAsync($"/v1/cohosts/{id}/accept", status: 403);
        Assert.Empty(Ids(await mu.GetAsync("/v1/cohosts?roomId=acme-room")));
    }

    [Fact]
    public async Task Create_WhileDraining_Is503()
    {
        Assert.True((await _server.Operator.PostAsync("/v1/admin/drain")).GetProperty("draining").GetBoolean());
        await _server.Platform.PostAsync("/v1/cohosts", BothRooms, 503);
        await _server.Anonymous.GetAsync("/health/ready", 503);
        Assert.True((await _server.Operator.GetAsync("/v1/nodes/self")).GetProperty("draining").GetBoolean());
        Assert.False((await _server.Operator.DeleteAsync("/v1/admin/drain", 200)).GetProperty("draining").GetBoolean());
        await _server.Platform.PostAsync("/v1/cohosts", BothRooms, 201);
    }

    [Fact]
    public async Task Invitation_NotAnswered_Expires()
    {
        using var server = await new ApiServer(("MediaRelay:CoHost:InviteTimeout", "00:00:01")).WithTwoMerchantsAsync();
        var acme = server.Merchant("acme");
        var id = Id(await acme.PostAsync("/v1/cohosts", BothRooms, 201));
        var state = "invited";
        for (var i = 0; i < 100 && state == "invited"; i++)
        {
            await Task.Delay(100);
            state = (await acme.GetAsync($"/v1/cohosts/{id}")).GetProperty("state").GetString();
        }

        Assert.Equal("expired", state);
        await server.Merchant("zeta").PostAsync($"/v1/cohosts/{id}/accept", status: 409);
    }

    private static string Id(JsonElement session) => session.GetProperty("cohostId").GetString()!;

    private static string[] Ids(JsonElement list) => [.. list.GetProperty("cohosts").EnumerateArray().Select(Id)];

    /// <summary>Capacity as a test wants it.</summary>
    private sealed class Full : ICoHostCapacity
    {
        public string? Reason { get; set; }

        public string? WhyNone(int rooms) => Reason;

        public string? WhyNoneToBegin(int rooms) => Reason;
    }
}
