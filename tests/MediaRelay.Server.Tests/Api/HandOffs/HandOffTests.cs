using System.Text.Json;
using System.Text.Json.Nodes;
using MediaRelay.Client.Signaling;
using MediaRelay.Client.Viewers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Protocols.Sdp;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Tests.Api.Media;
using MediaRelay.Server.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.HandOffs;

/// <summary>Viewers that are moved from one room to another while they watch.</summary>
public sealed class HandOffTests : IAsyncLifetime, IDisposable
{
    private const string HandOffs = "/v1/rooms/acme-room/hand-offs";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ViewerOptions DataOnly = new() { Audio = false, VideoCodecs = [] };

    private readonly ApiServer _server = new(("MediaRelay:Limits:ViewersPerRoom", "6"));
    private readonly Lazy<HeadlessCrowd> _crowd;

    public HandOffTests() => _crowd = new Lazy<HeadlessCrowd>(() => new HeadlessCrowd(_server));

    private HeadlessCrowd Crowd => _crowd.Value;

    public Task InitializeAsync() => _server.WithTwoMerchantsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        if (_crowd.IsValueCreated)
        {
            _crowd.Value.Dispose();
        }

        _server.Dispose();
    }

    [Fact]
    public async Task Viewer_HandedOff_GoesOnInTheOtherRoomOnTheSameConnection()
    {
        await Crowd.PublishAsync("acme-room");
        await Crowd.PublishAsync("zeta-room");
        var log = new OverlayLog();
        var (ann, session) = await Crowd.WatchAsync("acme-room", "ann", observer: log);
        await UntilAsync("the picture and the snapshot", () => ann.Video!.Pictures >= 5 && log.Types.Contains("snapshot"));
        Assert.Equal(0, BodyOf(log, "snapshot")["mediaOffset"]!.GetValue<long>());

        var answer = await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        Assert.Equal(1, answer.GetProperty("viewers").GetInt32());
        Assert.NotEmpty(answer.GetProperty("handOffId").GetString()!);
        await UntilAsync("the other room's snapshot", () => log.Types.Count(type => type == "snapshot") == 2);

        Assert.Equal(["snapshot", "handOff", "snapshot"], log.Types);
        var handOff = BodyOf(log, "handOff");
        Assert.Equal(("acme-room", "zeta-room"), (handOff["fromRoomId"]!.GetValue<string>(), handOff["toRoomId"]!.GetValue<string>()));
        var messages = log.Messages.ToList();
        var snapshot = messages[messages.FindIndex(message => OverlayLog.TypeOf(message) == "handOff") + 1];
        Assert.Equal("snapshot", OverlayLog.TypeOf(snapshot));
        var body = snapshot[5]!.AsObject();
        Assert.Equal(("zeta-room", "ann"), (body["roomId"]!.GetValue<string>(), body["viewerId"]!.GetValue<string>()));
        Assert.Equal("zeta", body["merchants"]![0]!["merchantId"]!.GetValue<string>());

        // The picture goes on without a gap.
        var pictures = ann.Video!.Pictures;
        await UntilAsync("the other room's picture", () => ann.Video.Pictures >= pictures + 30);
        Assert.Equal((0, 0), (ann.Video.Missing, ann.Audio!.Missing));

        // What happens there is what it hears of now.
        await _server.Merchant("acme").PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        await _server.Merchant("zeta").PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "cup" });
        await UntilAsync("the other room's spotlight", () => log.Types.Contains("spotlight"));
        Assert.Equal("zeta", BodyOf(log, "spotlight")["merchantId"]!.GetValue<string>());
        Assert.True(log.Messages[^1][2]!.GetValue<long>() > snapshot[2]!.GetValue<long>());
        Assert.Equal((0, 1), (await CountAsync("acme-room"), await CountAsync("zeta-room")));
        Assert.Equal(1, await _server.ReadMetricAsync("mediarelay_hand_offs_total{outcome=\"moved\"}"));
        Assert.Equal(1, await _server.ReadMetricAsync("mediarelay_hand_off_seconds_count"));

        // Its address is still the one that it was given.
        await Crowd.LeaveAsync("acme-room", "ann", session);
        await UntilAsync("it has left", async () => await CountAsync("zeta-room") == 0);
    }

    [Fact]
    public async Task Viewer_HandedOffToARoomOfACodecItCannotTake_GetsANoticeBehindTheSnapshot()
    {
        await Crowd.PublishAsync("zeta-room");
        var (vp8, both) = (new OverlayLog(), new OverlayLog());
        await Crowd.WatchAsync("acme-room", "ann", new ViewerOptions { VideoCodecs = [SdpCodec.Vp8] }, vp8);
        await Crowd.WatchAsync("acme-room", "bob", observer: both);
        await UntilAsync("the snapshots", () => vp8.Types.Contains("snapshot") && both.Types.Contains("snapshot"));
        Assert.Empty(vp8.Notices);

        await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        await UntilAsync("the notice", () => vp8.Notices.Count > 0);
        await UntilAsync("the other room's snapshot", () => both.Types.Count(type => type == "snapshot") == 2);
        Assert.Equal(["codec"], vp8.Notices);
        var order = vp8.Messages.Select(OverlayLog.TypeOf).Where(type => type is "snapshot" or "handOff" or "notice");
        Assert.Equal(["snapshot", "handOff", "snapshot", "notice"], order);

        // What the other one hears of next is no notice.
        await _server.Merchant("zeta").PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "cup" });
        await UntilAsync("the spotlight", () => both.Types.Contains("spotlight") && vp8.Types.Contains("spotlight"));
        Assert.Empty(both.Notices);
        Assert.Single(vp8.Notices);
    }

    [Fact]
    public async Task Host_ComesWhenAViewerCannotTakeItsCodec_TheViewerGetsOneNotice()
    {
        var log = new OverlayLog();
        await Crowd.WatchAsync("acme-room", "ann", new ViewerOptions { VideoCodecs = [SdpCodec.Vp8] }, log);
        await UntilAsync("the snapshot", () => log.Types.Contains("snapshot"));
        await Crowd.PublishAsync("acme-room");
        await UntilAsync("the notice", () => log.Notices.Count > 0);
        await _server.Merchant("acme").PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        await UntilAsync("the spotlight", () => log.Types.Contains("spotlight"));
        Assert.Equal(["codec"], log.Notices);
    }

    [Fact]
    public async Task Viewer_HandedOff_FindsItsTimestampsInTheOtherRoomsMediaTime()
    {
        // One loop and somebody who watches there: the picture that the viewer starts with is kept.
        using var server = await new ApiServer(("MediaRelay:Media:Loops", "1")).WithTwoMerchantsAsync();
        using var crowd = new HeadlessCrowd(server);
        await crowd.PublishAsync("acme-room");
        var log = new OverlayLog();
        var (ann, _) = await crowd.WatchAsync("acme-room", "ann", observer: log);

        // The rooms' clocks are to differ by more than what is allowed for below.
        await UntilAsync("five seconds of acme's picture", () => ann.Video!.Pictures >= 150);
        await crowd.PublishAsync("zeta-room");
        var (bob, _) = await crowd.WatchAsync("zeta-room", "bob");
        await UntilAsync("zeta's picture", () => bob.Video!.Pictures >= 5);
        await server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        await UntilAsync("the other room's snapshot", () => log.Types.Count(type => type == "snapshot") == 2);
        var offset = BodyOf(log, "snapshot")["mediaOffset"]!.GetValue<long>();
        var pictures = ann.Video!.Pictures;
        await UntilAsync("the other room's picture", () => ann.Video.Pictures >= pictures + 30);

        await server.Merchant("zeta").PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "cup" });
        await UntilAsync("a message of now", () => log.Types.Contains("spotlight"));
        var mediaTime = log.Messages.Last(message => OverlayLog.TypeOf(message) == "spotlight")[4]!.GetValue<long>();
        var distance = unchecked((int)(uint)(log.Timestamp - mediaTime - offset));
        Assert.True(Math.Abs(distance) < 2 * 90_000, $"{distance / 90.0:F0} ms");
        Assert.NotEqual(0, offset);
        Assert.Equal((0, 0), (ann.Video.Missing, ann.Audio!.Missing));
    }

    [Fact]
    public async Task Order_OfAViewerWhoWasHandedOff_IsAttributedToTheRoomAndCodeThatItCameThrough()
    {
        await _server.Platform.PutAsync("/v1/share-codes/mei-01", new { merchantId = "acme", storeId = "store-3", guideId = "mei" }, 201);
        var commerce = _server.Services.GetRequiredService<CommerceHost>().Service;
        commerce.RecordJoin(DateTimeOffset.UtcNow, ViewerId.Parse("ann"), RoomId.Parse("acme-room"), ShareCode.Parse("mei-01"));
        var log = new OverlayLog();
        var (ann, _) = await Crowd.WatchAsync("acme-room", "ann", DataOnly, log);
        await UntilAsync("the snapshot", () => log.Types.Contains("snapshot"));
        await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", viewerIds = new[] { "ann" } }, 202);
        await UntilAsync("the other room's snapshot", () => log.Types.Count(type => type == "snapshot") == 2);

        Say(ann, "click", writer =>
        {
            writer.WriteMapHeader(2);
            writer.WriteString("merchantId");
            writer.WriteString("zeta");
            writer.WriteString("itemId");
            writer.WriteString("cup");
        });
        await UntilAsync("the click's token", () => log.Types.Contains("clickToken"));
        var order = new
        {
            orderId = "o1",
            roomId = "zeta-room",
            viewerId = "ann",
            kind = "paid",
            occurredAt = DateTimeOffset.UtcNow,
            clickToken = BodyOf(log, "clickToken")["token"]!.GetValue<string>(),
            lines = new[] { new { lineNo = 1, merchantId = "zeta", itemId = "cup", quantity = 1, amountMinor = 9900, currency = "CNY" } },
        };
        var record = (await _server.Platform.PostAsync("/v1/orders", order, 201)).GetProperty("records")[0];
        Assert.Equal(
            ("acme-room", "relay", "zeta-room", "mei-01", "mei"),
            (Text(record, "originRoomId"), Text(record, "origin"), Text(record, "carrierRoomId"), Text(record, "shareCode"), Text(record, "guideId")));
        Assert.Equal("sale", Text(await ReadEntryAsync("zeta"), "kind"));
        Assert.Equal("referral", Text(await ReadEntryAsync("acme"), "kind"));
    }

    [Fact]
    public async Task Resume_AfterAHandOff_CountsInTheNewRoom()
    {
        await _server.Merchant("zeta").PutAsync("/v1/rooms/zeta-room/spotlight/zeta", new { itemId = "cup" });
        var log = new OverlayLog();
        var (ann, _) = await Crowd.WatchAsync("acme-room", "ann", DataOnly, log);
        await UntilAsync("the snapshot", () => log.Types.Contains("snapshot"));
        await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1.0 }, 202);
        await UntilAsync("the other room's snapshot", () => log.Types.Count(type => type == "snapshot") == 2);
        Say(ann, "resume", writer =>
        {
            writer.WriteMapHeader(1);
            writer.WriteString("afterSeq");
            writer.WriteInteger(0);
        });
        await UntilAsync("the replay", () => log.Types.Contains("spotlight"));
        Assert.Equal("zeta", BodyOf(log, "spotlight")["merchantId"]!.GetValue<string>());
    }

    [Fact]
    public async Task HandOff_Share_MovesThatManyAndNamedOnesOnlyThem()
    {
        foreach (var name in new[] { "ann", "bob", "cid", "dee" })
        {
            await Crowd.WatchAsync("acme-room", name, DataOnly);
        }

        var half = await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 0.5 }, 202);
        Assert.Equal(2, half.GetProperty("viewers").GetInt32());
        await UntilAsync("two have gone", async () => (await CountAsync("acme-room"), await CountAsync("zeta-room")) == (2, 2));

        // Whoever is in acme's room is named, one of them twice, and some who are not there.
        var named = await _server.Platform.PostAsync(
            HandOffs, new { toRoomId = "zeta-room", viewerIds = new[] { "ann", "bob", "cid", "dee", "dee", "nobody" } }, 202);
        Assert.Equal(2, named.GetProperty("viewers").GetInt32());
        await UntilAsync("all have gone", async () => (await CountAsync("acme-room"), await CountAsync("zeta-room")) == (0, 4));
        var none = await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        Assert.Equal(0, none.GetProperty("viewers").GetInt32());
        var back = await _server.Platform.PostAsync(
            "/v1/rooms/zeta-room/hand-offs", new { toRoomId = "acme-room", viewerIds = new[] { "bob" } }, 202);
        Assert.Equal(1, back.GetProperty("viewers").GetInt32());
        await UntilAsync("one is back", async () => (await CountAsync("acme-room"), await CountAsync("zeta-room")) == (1, 3));
    }

    [Fact]
    public async Task HandOff_OtherRoomFull_WhoDoesNotFitStays()
    {
        foreach (var name in new[] { "a1", "a2", "a3", "a4" })
        {
            await Crowd.WatchAsync("acme-room", name, DataOnly);
        }

        foreach (var name in new[] { "z1", "z2", "z3", "z4" })
        {
            await Crowd.WatchAsync("zeta-room", name, DataOnly);
        }

        var answer = await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        Assert.Equal(2, answer.GetProperty("viewers").GetInt32());
        await UntilAsync("two have gone", async () => (await CountAsync("acme-room"), await CountAsync("zeta-room")) == (2, 6));
        Assert.Equal(2, await _server.ReadMetricAsync("mediarelay_hand_offs_total{outcome=\"moved\"}"));
    }

    [Fact]
    public async Task HandOff_ListenersAndReturnFeeds_Stay()
    {
        using var listener = await _server.ListenAsync("acme-room", _server.Mint(AccessRole.Viewer, "acme-room"), CancellationToken.None);
        using var response = await _server.Host("acme-room").SendAsync("POST", "/whep/acme-room/return", Offers.Viewer(), "application/sdp");
        Assert.Equal(201, (int)response.StatusCode);
        await Crowd.WatchAsync("acme-room", "ann", DataOnly);
        var answer = await _server.Platform.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        Assert.Equal(1, answer.GetProperty("viewers").GetInt32());
        await UntilAsync("one has gone", async () => (await CountAsync("acme-room"), await CountAsync("zeta-room")) == (2, 1));
    }

    [Fact]
    public async Task HandOff_SameIdempotencyKey_MovesNobodyElse()
    {
        await Crowd.WatchAsync("acme-room", "ann", DataOnly);
        const string Body = """{"toRoomId":"zeta-room","share":1}""";
        var first = await PostAsync(Body, "k1", 202);
        await UntilAsync("ann has gone", async () => await CountAsync("zeta-room") == 1);
        await Crowd.WatchAsync("acme-room", "bob", DataOnly);
        var again = await PostAsync(Body, "k1", 202);
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(1, again.GetProperty("viewers").GetInt32());
        Assert.Equal(1, await CountAsync("acme-room"));
        var other = await PostAsync("""{"toRoomId":"zeta-room","share":0.5}""", "k1", 422);
        Assert.Equal("Idempotency-Key", Text(other, "field"));
        await PostAsync(Body, new string('k', 256), 400);
        Assert.Equal(1, (await PostAsync(Body, "k2", 202)).GetProperty("viewers").GetInt32());
    }

    [Theory]
    [InlineData("""{"share":1}""", 400, "toRoomId")]
    [InlineData("""{"toRoomId":"a b","share":1}""", 400, "toRoomId")]
    [InlineData("""{"toRoomId":"zeta-room"}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","share":0.5,"viewerIds":["ann"]}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","share":-0.01}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","share":1.01}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","share":30}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","share":"0.5"}""", 400, "share")]
    [InlineData("""{"toRoomId":"zeta-room","viewerIds":[]}""", 400, "viewerIds")]
    [InlineData("""{"toRoomId":"zeta-room","viewerIds":["ann",null]}""", 400, "viewerIds[1]")]
    [InlineData("""{"toRoomId":"zeta-room","viewerIds":["a b"]}""", 400, "viewerIds[0]")]
    [InlineData("""{"toRoomId":"nowhere","share":1}""", 404, null)]
    [InlineData("""{"toRoomId":"acme-room","share":1}""", 422, "toRoomId")]
    public async Task HandOff_NotInOrder_IsRefused(string body, int status, string? field)
    {
        var problem = await _server.Platform.CallAsync("POST", HandOffs, body, status);
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
    }

    [Fact]
    public async Task HandOff_OfAMerchant_IsAmongItsOwnRoomsOrWhileTheyCoHost()
    {
        var (acme, zeta) = (_server.Merchant("acme"), _server.Merchant("zeta"));
        await _server.Platform.PutAsync("/v1/rooms/acme-two", new { merchantId = "acme", title = "Second" }, 201);
        await acme.PostAsync(HandOffs, new { toRoomId = "acme-two", share = 1 }, 202);
        await acme.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 403);
        await acme.PostAsync(HandOffs, new { toRoomId = "nowhere", share = 1 }, 404);
        await zeta.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 403);
        await _server.Merchant("acme", MerchantScopes.Shelf).PostAsync(HandOffs, new { toRoomId = "acme-two", share = 1 }, 403);

        var invited = await acme.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" } }, 201);
        await acme.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 403);
        await zeta.PostAsync($"/v1/cohosts/{Text(invited, "cohostId")}/accept");
        await acme.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 202);
        await zeta.PostAsync("/v1/rooms/zeta-room/hand-offs", new { toRoomId = "acme-room", share = 1 }, 202);

        // Its session is with that room alone, and its viewers are its own.
        await zeta.PostAsync("/v1/rooms/zeta-room/hand-offs", new { toRoomId = "acme-two", share = 1 }, 403);
        await zeta.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 403);
        await acme.DeleteAsync($"/v1/cohosts/{Text(invited, "cohostId")}", 200);
        await acme.PostAsync(HandOffs, new { toRoomId = "zeta-room", share = 1 }, 403);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static JsonObject BodyOf(OverlayLog log, string type) =>
        log.Messages.Last(message => OverlayLog.TypeOf(message) == type)[5]!.AsObject();

    private static Task UntilAsync(string what, Func<bool> condition) => UntilAsync(what, () => Task.FromResult(condition()));

    private static Task UntilAsync(string what, Func<Task<bool>> condition) => Wait.UntilAsync(what, Patience, condition);

    private delegate void WriteBody(MessagePackWriter writer);

    private static void Say(HeadlessViewer viewer, string type, WriteBody writeBody)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(6);
        writer.WriteInteger(1);
        writer.WriteString(type);
        writer.WriteInteger(1);
        writer.WriteInteger(1);
        writer.WriteNil();
        writeBody(writer);
        Assert.True(viewer.TrySend(buffer.WrittenMemory));
    }

    private async Task<int> CountAsync(string roomId) =>
        (await _server.Platform.GetAsync($"/v1/rooms/{roomId}")).GetProperty("viewers").GetInt32();

    private async Task<JsonElement> ReadEntryAsync(string merchant) =>
        Assert.Single((await _server.Platform.GetAsync($"/v1/merchants/{merchant}/ledger")).GetProperty("entries").EnumerateArray());

    private async Task<JsonElement> PostAsync(string body, string key, int status)
    {
        using var response = await _server.Platform.SendAsync("POST", HandOffs, body, headers: ("Idempotency-Key", key));
        Assert.Equal(status, (int)response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
