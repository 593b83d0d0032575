using System.Text.Json;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class OrderReachesEveryViewerTests(Stage stage, ITestOutputHelper output)
{
    private const int Orders = 100;

    [Fact]
    public Task Order_ForBsItemByAViewerOfA_NamesBToAllAndIsKeptApart() => stage.PlayAsync(output, async scene =>
    {
        await Task.WhenAll(scene.PublishRedAsync(), scene.PublishBlueAsync());
        var viewers = await Task.WhenAll(scene.WatchAsync(scene.RoomA, "ann"), scene.WatchAsync(scene.RoomB, "bob"));
        var ann = viewers[0].ViewerId;
        await scene.StartCoHostAsync();
        await Task.WhenAll(viewers.Select(viewer => viewer.Picture.UntilSeesAsync(Colour.Red, Colour.Blue)));

        // The order itself says that ann came through B; the relay saw her come in through A.
        var record = Assert.Single(
            (await scene.Platform.PostAsync("/v1/orders", Scene.Order("first", scene.MerchantB, Scene.ItemOfB, scene.RoomB, ann), 201))
            .GetProperty("records").EnumerateArray());
        Assert.Equal(scene.RoomA, record.GetProperty("originRoomId").GetString());
        Assert.Equal("relay", record.GetProperty("origin").GetString());
        foreach (var viewer in viewers)
        {
            var purchase = (await viewer.UntilMessageAsync("purchase", _ => true)).GetProperty("body");
            Assert.Equal(scene.MerchantB, purchase.GetProperty("merchantId").GetString());
            Assert.Equal(Scene.ItemOfB, purchase.GetProperty("itemId").GetString());
            Assert.Equal(scene.RoomA, purchase.GetProperty("originRoomId").GetString());
            Assert.DoesNotContain(ann, purchase.GetRawText(), StringComparison.Ordinal);
            await viewer.Page.WaitForSelectorAsync("text=Zeta");
        }

        var sale = Assert.Single(await scene.ReadLedgerAsync(scene.MerchantB));
        Assert.Equal("sale", sale.GetProperty("kind").GetString());
        Assert.Equal(scene.RoomA, sale.GetProperty("originRoomId").GetString());
        Assert.Equal(9900, sale.GetProperty("amountMinor").GetInt64());
        var referral = Assert.Single(await scene.ReadLedgerAsync(scene.MerchantA));
        Assert.Equal("referral", referral.GetProperty("kind").GetString());
        Assert.Equal("first", referral.GetProperty("orderId").GetString());
        Assert.Equal(JsonValueKind.Null, referral.GetProperty("amountMinor").ValueKind);

        var other = scene.Server.Merchant(scene.MerchantA);
        await other.GetAsync($"/v1/merchants/{scene.MerchantB}/ledger", 403);
        await other.GetAsync($"/v1/merchants/{scene.MerchantB}/ledger/verify", 403);
        await other.GetAsync($"/v1/merchants/{scene.MerchantB}/report?roomId={scene.RoomB}", 403);
        await MeasureAsync(scene, viewers);
    });

    /// <summary>From the arrival of an order's request to its message in the page; both clocks are this machine's.</summary>
    private async Task MeasureAsync(Scene scene, IReadOnlyList<WatchPage> viewers)
    {
        for (var i = 0; i < Orders; i++)
        {
            var (merchant, item) = i % 2 == 0 ? (scene.MerchantA, Scene.ItemOfA) : (scene.MerchantB, Scene.ItemOfB);
            await scene.Platform.PostAsync("/v1/orders", Scene.Order($"measured-{i}", merchant, item, scene.RoomA, viewers[0].ViewerId), 201);
        }

        foreach (var viewer in viewers)
        {
            var purchases = await Wait.UntilAsync(
                "every purchase has come", Picture.Longest, () => viewer.ReadMessagesAsync("purchase"), messages => messages.Count > Orders);
            Assert.Equal(Orders + 1, purchases.Count);
            Assert.Equal(purchases.OrderBy(Seq).Select(Seq), purchases.Select(Seq));
            var delays = purchases.Skip(1)
                .Select(message => message.GetProperty("receivedAt").GetDouble() - (message.GetProperty("sentAt").GetDouble() / 1000)).ToList();
            Figures.Print(output, $"order accepted to overlay in the page of {viewer.Name}, p50 of {Orders}", Figures.Percentile(delays, 50), "ms");
            Figures.Print(output, $"order accepted to overlay in the page of {viewer.Name}, p99 of {Orders}", Figures.Percentile(delays, 99), "ms");
        }
    }

    private static long Seq(JsonElement message) => message.GetProperty("seq").GetInt64();
}
