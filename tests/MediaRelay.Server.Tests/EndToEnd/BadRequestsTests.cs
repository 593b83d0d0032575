using System.Text.Json;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class BadRequestsTests(Stage stage, ITestOutputHelper output)
{
    private const string Sdp = "application/sdp";

    [Fact]
    public Task Offers_ThatCannotBeTaken_AreRefusedAndNobodyNotices() => stage.PlayAsync(output, async scene =>
    {
        var host = await scene.PublishRedAsync();
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        var continuity = await Continuity.ExpectAsync(viewer.Picture);
        var offer = await host.ReadOfferAsync();

        await RefuseWhipAsync(scene, offer);
        await RefuseWhepAsync(scene, await viewer.Page.EvaluateAsync<string>("() => window.mediarelay.pc.localDescription.sdp"));

        var room = await scene.Platform.GetAsync($"/v1/rooms/{scene.RoomA}");
        Assert.True(room.GetProperty("live").GetBoolean());
        Assert.Equal(1, room.GetProperty("viewers").GetInt32());
        await viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Red);
        await continuity.CheckAsync();
    });

    [Fact]
    public Task Orders_ThatContradict_AreRefusedAndNobodyNotices() => stage.PlayAsync(output, async scene =>
    {
        var viewer = await scene.WatchAsync(scene.RoomA, "ann");
        var platform = scene.Platform;
        await platform.PostAsync("/v1/orders", Scene.Order("foreign", scene.MerchantA, Scene.ItemOfB, scene.RoomA, viewer.ViewerId), 422);
        var orderId = $"twice-{scene.RoomA}";
        await platform.PostAsync("/v1/orders", Scene.Order(orderId, scene.MerchantA, Scene.ItemOfA, scene.RoomA, viewer.ViewerId), 201);
        await platform.PostAsync("/v1/orders", Scene.Order(orderId, scene.MerchantA, Scene.ItemOfA, scene.RoomA, viewer.ViewerId, 1), 409);

        var quarantine = (await platform.GetAsync("/v1/orders/quarantine?limit=1000")).GetProperty("events").EnumerateArray();
        var kept = Assert.Single(quarantine, entry => entry.GetProperty("orderId").GetString() == orderId);
        Assert.Equal(1, kept.GetProperty("lines")[0].GetProperty("amountMinor").GetInt64());
        var sale = Assert.Single(await scene.ReadLedgerAsync(scene.MerchantA));
        Assert.Equal(9900, sale.GetProperty("amountMinor").GetInt64());
        Assert.Empty(await scene.ReadLedgerAsync(scene.MerchantB));

        // What comes after them shows that nothing of the refused ones is still on its way.
        await platform.PutAsync($"/v1/rooms/{scene.RoomA}/spotlight/{scene.MerchantA}", new { itemId = Scene.ItemOfA });
        await viewer.UntilMessageAsync("spotlight", _ => true);
        Assert.Single(await viewer.ReadMessagesAsync("purchase"));
    });

    private static async Task RefuseWhipAsync(Scene scene, string offer)
    {
        var path = $"/whip/{scene.RoomA}";
        var own = scene.Server.Client(Tokens.Mint(AccessRole.Host, $"host-of-{scene.RoomA}", room: scene.RoomA));
        var other = scene.Server.Client(Tokens.Mint(AccessRole.Host, "another-host", room: scene.RoomA));
        await scene.Server.Anonymous.CallAsync("POST", path, offer, 401, Sdp);
        await scene.Server.Client(Tokens.Mint(AccessRole.Host, room: scene.RoomB)).CallAsync("POST", path, offer, 403, Sdp);
        await scene.Server.Client(Tokens.Mint(AccessRole.Viewer, room: scene.RoomA)).CallAsync("POST", path, offer, 403, Sdp);
        await own.CallAsync("POST", path, offer, 415, "text/plain");
        await own.CallAsync("POST", path, offer[..(offer.Length / 2)] + "\r\nm=", 400, Sdp);
        await own.CallAsync("POST", path, "v=0\r\nnonsense\r\n", 400, Sdp);
        await other.CallAsync("POST", path, "v=0\r\nnonsense\r\n", 400, Sdp);
        await own.CallAsync("POST", path, ToIceLite(offer), 406, Sdp);
        var conflict = await other.CallAsync("POST", path, offer, 409, Sdp);
        Assert.Contains(scene.RoomA, conflict.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task RefuseWhepAsync(Scene scene, string offer)
    {
        var path = $"/whep/{scene.RoomA}";
        var own = scene.Server.Client(Tokens.Mint(AccessRole.Viewer, room: scene.RoomA));
        var expired = Tokens.Mint(AccessRole.Viewer, room: scene.RoomA, lifetime: TimeSpan.FromMinutes(-1));
        await scene.Server.Anonymous.CallAsync("POST", path, offer, 401, Sdp);
        await scene.Server.Client(expired).CallAsync("POST", path, offer, 401, Sdp);
        await scene.Server.Client(Tokens.Mint(AccessRole.Viewer, room: scene.RoomB)).CallAsync("POST", path, offer, 403, Sdp);
        await scene.Server.Client(Tokens.Mint(AccessRole.Viewer, room: "nowhere")).CallAsync("POST", "/whep/nowhere", offer, 404, Sdp);
        await scene.Server.Anonymous.CallAsync("POST", "/whep/nowhere", offer, 401, Sdp);
        await own.CallAsync("POST", path, JsonSerializer.Serialize(new { offer }), 415);
        await own.CallAsync("POST", path, "", 400, Sdp);
        await own.CallAsync("POST", path, ToIceLite(offer), 406, Sdp);
        await own.CallAsync("POST", path, offer.Replace("VP8", "XP8", StringComparison.Ordinal).Replace("opus", "xpus", StringComparison.Ordinal)
            .Replace("H264", "X264", StringComparison.Ordinal).Replace("m=application", "m=text", StringComparison.Ordinal), 406, Sdp);
    }

    private static string ToIceLite(string offer) => offer.Insert(offer.IndexOf("m=", StringComparison.Ordinal), "a=ice-lite\r\n");
}
