using System.Globalization;
using System.Text.Json;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class OffersInTheBrowserTests(Stage stage, ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public Task Viewers_OfOneRoom_SeeTheSaleBeginTogether_AndTakePart() => stage.PlayAsync(output, async scene =>
    {
        await scene.PublishRedAsync();
        WatchPage[] viewers = [await scene.WatchAsync(scene.RoomA, "ann"), await scene.WatchAsync(scene.RoomA, "bob")];
        var merchant = scene.Server.Merchant(scene.MerchantA);
        Task PublishAsync(string type, object body) => merchant.PostAsync(
            $"/v1/rooms/{scene.RoomA}/overlays", new { type, merchantId = scene.MerchantA, body }, 202);

        await PublishAsync("coupon", new { couponId = "c1", title = "Ten off", limit = 5 });
        await PublishAsync("draw", new { drawId = "d1", title = "Gift box", prizes = 1 });
        foreach (var viewer in viewers)
        {
            await ClickAsync(viewer, "coupon");
            await viewer.UntilMessageAsync("coupon", message => Body(message).TryGetProperty("claim", out var claim) && claim.GetString() == "accepted");
            await ClickAsync(viewer, "draw");
            await viewer.UntilMessageAsync("draw", message => Body(message).TryGetProperty("entry", out var entry) && entry.GetString() == "accepted");
        }

        // Wall time is the relay's here: pages and relay share the machine, and the pages do not know.
        var startAt = DateTimeOffset.UtcNow.AddSeconds(5);
        await PublishAsync("flashSale", new { flashSaleId = "f1", title = "Tea", startAt = startAt.ToUnixTimeMilliseconds() * 1000, priceMinor = 990, currency = "CNY" });
        foreach (var viewer in viewers)
        {
            await Wait.UntilAsync("the sale begins", Longest, () => ReadAsync(viewer, "flashSale", "phase"), phase => phase == "on");
            var began = double.Parse((await ReadAsync(viewer, "flashSale", "phaseAt"))!, CultureInfo.InvariantCulture);
            Figures.Print(output, $"{viewer.ViewerId}: the sale began late by", began - startAt.ToUnixTimeMilliseconds(), "ms");
            Assert.InRange(began - startAt.ToUnixTimeMilliseconds(), -1, 100);
        }

        await PublishAsync("draw", new { drawId = "d1", action = "close" });
        await PublishAsync("draw", new { drawId = "d1", action = "reveal" });
        var won = 0;
        foreach (var viewer in viewers)
        {
            await viewer.UntilMessageAsync("draw", message => Body(message).TryGetProperty("winners", out _));
            var text = await Wait.UntilAsync(
                "the page says how it went", Longest,
                () => viewer.Page.EvaluateAsync<string?>("() => document.querySelector('.offer[data-type=draw] .offer-result')?.textContent ?? null"),
                text => text is not null);
            won += text!.Contains("won!", StringComparison.Ordinal) || text.Contains("恭喜", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.Equal(1, won);
        var late = await scene.WatchAsync(scene.RoomA, "cai");
        await Wait.UntilAsync("who comes later sees what is on", Longest, () => ReadAsync(late, "coupon", "id"), id => id == "c1");
    });

    private static JsonElement Body(JsonElement message) => message.GetProperty("body");

    private static async Task ClickAsync(WatchPage viewer, string type)
    {
        await Wait.UntilAsync(
            $"the {type}'s button", Longest,
            () => viewer.Page.EvaluateAsync<bool>(
                """
                type => {
                  const act = document.querySelector(`.offer[data-type=${type}] .primary`);
                  act?.click();
                  return act !== null;
                }
                """,
                type));
    }

    private static Task<string?> ReadAsync(WatchPage viewer, string type, string name) => viewer.Page.EvaluateAsync<string?>(
        "([type, name]) => document.querySelector(`.offer[data-type=${type}]`)?.dataset[name] ?? null", new[] { type, name });
}
