using System.Text.Json;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Webhooks;
using MediaRelay.Commerce.Webhooks.Data;

namespace MediaRelay.Commerce.Tests.Webhooks;

public sealed class OutboxTests
{
    private static readonly WebhookId Hook = WebhookId.Parse("hook");

    [Fact]
    public async Task Order_Accepted_ItsEventsAreInTheSameTransaction()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "*");
        night.Store.FailsNext = true;
        var order = night.Event("o1", OrderKind.Paid, SaleNight.RoomA, SaleNight.Line(1, SaleNight.ItemA1), SaleNight.Line(2, SaleNight.ItemB1));

        Assert.False((await night.SubmitAsync(order)).IsSuccess);
        Assert.Empty(Events(night));
        night.Now = night.Now.AddMinutes(1);
        Assert.True((await night.SubmitAsync(order)).IsSuccess);

        Assert.Equal(
            [("sale", SaleNight.A.Value, 1L), ("sale", SaleNight.B.Value, 2L), ("referral", SaleNight.A.Value, 3L)],
            Events(night).Select(e => (
                e.GetProperty("data").GetProperty("kind").GetString()!, e.GetProperty("merchantId").GetString()!, e.GetProperty("seq").GetInt64())));
        Assert.True((await night.SubmitAsync(order)).Value.IsRepeat);
        Assert.Equal(3, Events(night).Count);
    }

    [Fact]
    public async Task MerchantsWebhook_NightOfTwo_HasItsOwnEventsOnly()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "*", SaleNight.A);
        await night.PutItemAsync(SaleNight.ItemB1, "Changed");
        await night.PutItemAsync(SaleNight.ItemA1, "Changed");
        await night.Service.StartShowAsync(night.Now, SaleNight.RoomA);
        await night.Service.StartShowAsync(night.Now, SaleNight.RoomB);
        await night.CoHostAsync();
        await night.Service.SetSpotlightAsync(night.Now, SaleNight.RoomA, SaleNight.ItemB1);
        await night.Service.SetSpotlightAsync(night.Now, SaleNight.RoomA, SaleNight.ItemA1);
        await night.SubmitAsync(
            "o1", OrderKind.Paid, SaleNight.RoomA, SaleNight.Line(1, SaleNight.ItemA1, minor: 100), SaleNight.Line(2, SaleNight.ItemB1, minor: 777));
        await night.SubmitAsync("o1", OrderKind.Paid, SaleNight.RoomA, SaleNight.Line(1, SaleNight.ItemA1, minor: 101));
        await night.Service.CloseRoomAsync(night.Now, SaleNight.RoomA);

        var events = Events(night);

        Assert.All(events, e => Assert.Equal(SaleNight.A.Value, e.GetProperty("merchantId").GetString()));
        Assert.DoesNotContain(events, e => e.GetRawText().Contains("777", StringComparison.Ordinal));
        Assert.Equal(
            ["cohost.linked", "cohost.unlinked", "order.attributed", "order.attributed", "room.closed", "room.opened", "shelf.item.spotlighted", "shelf.item.upserted"],
            events.Select(e => e.GetProperty("type").GetString()).Order(StringComparer.Ordinal));
        var show = events.Single(e => e.GetProperty("type").GetString() == "room.opened").GetProperty("showId").GetString();
        Assert.All(
            events.Where(e => e.GetProperty("roomId").GetString() == SaleNight.RoomA.Value),
            e => Assert.Equal(show, e.GetProperty("showId").GetString()));
    }

    [Fact]
    public async Task Invitation_AcceptedOrNot_EachStepIsToldInEveryRoom()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "cohost.*");
        var request = new CoHostRequest([SaleNight.RoomA, SaleNight.RoomB]);
        var first = (await night.Service.CreateCoHostAsync(night.Now, new Actor(SaleNight.A), request)).Value.Value;
        await night.Service.DeclineCoHostAsync(night.Now, first.Id, new Actor(SaleNight.B));
        var second = (await night.Service.CreateCoHostAsync(night.Now, new Actor(SaleNight.A), request)).Value.Value;
        await night.Service.AcceptCoHostAsync(night.Now, second.Id, new Actor(SaleNight.B));
        await night.Service.SetLayoutAsync(night.Now, second.Id, Actor.Platform, CoHostLayout.Named("main-strip").Value);
        await night.Service.EndCoHostAsync(night.Now, second.Id, Actor.Platform);
        string[] expected =
        [
            "cohost.invited", "cohost.declined", "cohost.invited", "cohost.accepted", "cohost.linked", "cohost.layout", "cohost.unlinked",
        ];

        foreach (var room in new[] { SaleNight.RoomA, SaleNight.RoomB })
        {
            var events = Events(night).Where(e => e.GetProperty("roomId").GetString() == room.Value).ToList();
            Assert.Equal(expected, events.Select(e => e.GetProperty("type").GetString()));
            Assert.Equal(Enumerable.Range(1, 7).Select(i => (long)i), events.Select(e => e.GetProperty("seq").GetInt64()));
        }
    }

    [Fact]
    public async Task Restart_EventsWaitAndTheNextGetsTheNextNumber()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "shelf.*");
        await night.PutItemAsync(SaleNight.ItemA1, "One");
        await night.PutItemAsync(SaleNight.ItemA1, "Two");
        await night.Service.Webhooks.RemoveAsync(
            night.Now, Hook, night.Service.Webhooks.Find(Hook)!.Key, [new OutboxRemoval($"merchant/{SaleNight.A}", 1, 1, 10, 1)]);

        await night.ReopenAsync();
        await night.PutItemAsync(SaleNight.ItemA1, "Three");

        Assert.Equal([2L, 3L], Events(night).Select(e => e.GetProperty("seq").GetInt64()));
        Assert.Equal(2, night.Service.Webhooks.Backlog(Hook).Events);
        Assert.Equal(Events(night).Count, Events(night).Select(e => e.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Put_Again_KeepsTheSecretUnlessItIsToBeExchanged()
    {
        await using var night = await SaleNight.OpenAsync();
        var first = await PutAsync(night, "*");
        var again = await PutAsync(night, "order.*");
        var rotated = (await night.Service.Webhooks.PutAsync(
            night.Now, Hook, new WebhookDraft("https://shop.example/hook", ["order.*"], null, RotatesSecret: true))).Value;

        Assert.NotNull(first.NewSecret);
        Assert.Null(again.NewSecret);
        Assert.NotEqual(first.NewSecret, rotated.NewSecret);
        Assert.Equal(new[] { rotated.NewSecret!, first.NewSecret! }, rotated.Webhook.SecretsAt(night.Now.AddHours(23)).AsEnumerable());
        Assert.Equal(new[] { rotated.NewSecret! }, rotated.Webhook.SecretsAt(night.Now.AddHours(24)).AsEnumerable());
    }

    [Theory]
    [InlineData("ftp://shop.example/", "*", "url")]
    [InlineData("https://user@shop.example/", "*", "url")]
    [InlineData("shop.example", "*", "url")]
    [InlineData(null, "*", "url")]
    [InlineData("https://shop.example/", "order", "events[0]")]
    [InlineData("https://shop.example/", "order.nothing", "events[0]")]
    [InlineData("https://shop.example/", null, "events")]
    public async Task Put_Malformed_NamesTheField(string? url, string? pattern, string field)
    {
        await using var night = await SaleNight.OpenAsync();

        var outcome = await night.Service.Webhooks.PutAsync(night.Now, Hook, new WebhookDraft(url, pattern is null ? [] : [pattern], null));

        Assert.Equal((ProblemKind.BadRequest, field), (outcome.Problem!.Kind, outcome.Problem.Field));
    }

    [Fact]
    public async Task Append_OutboxFull_MoneyIsKeptAndTheGapIsSeen()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxOutboxEvents = 4 });
        await PutAsync(night, "*");
        var joins = Enumerable.Range(0, 8).Select(i => new WebhookNotice(
            WebhookEventTypes.ViewerJoined, night.Now, SaleNight.RoomA, null, SaleNight.A,
            new ViewerJoinedData($"v{i}", SaleNight.RoomA.Value, null, null, null))).ToList();
        await night.Service.Webhooks.TellAsync(night.Now, joins);
        await night.SubmitAsync("o1", OrderKind.Paid, SaleNight.RoomA, SaleNight.Line(1, SaleNight.ItemA1));

        Assert.Equal([1L, 2, 3, 4, 5, 9], Events(night).Select(e => e.GetProperty("seq").GetInt64()));
        Assert.Equal(3, night.Service.Webhooks.Shed);
        await night.Service.Webhooks.ShedAsync(
            night.Now, Hook, night.Service.Webhooks.Find(Hook)!.Key, night.Store.OutboxEntries.Of(Hook));
        Assert.Equal("order.attributed", Assert.Single(Events(night)).GetProperty("type").GetString());
        Assert.Equal(new OutboxBacklog(1, Assert.Single(night.Store.OutboxEntries.Of(Hook)).Body.Length, 0), night.Service.Webhooks.Backlog(Hook));
    }

    [Fact]
    public async Task Disable_ReceiverGone_NothingIsAddedUntilItIsPutAgain()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "*");
        await night.PutItemAsync(SaleNight.ItemA1, "One");
        await night.Service.Webhooks.DisableAsync(night.Now, Hook);
        await night.PutItemAsync(SaleNight.ItemA1, "Two");
        await PutAsync(night, "*");
        await night.PutItemAsync(SaleNight.ItemA1, "Three");

        Assert.Equal(["One", "Three"], Events(night).Select(e => e.GetProperty("data").GetProperty("title").GetString()));
    }

    [Fact]
    public async Task Delete_AndMadeAgain_RemovalsOfTheOldOneAreNoneOfTheNew()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "*");
        var oldKey = night.Service.Webhooks.Find(Hook)!.Key;
        await night.PutItemAsync(SaleNight.ItemA1, "One");
        await night.Service.Webhooks.DeleteAsync(night.Now, Hook);
        Assert.Empty(Events(night));
        await PutAsync(night, "*");
        await night.PutItemAsync(SaleNight.ItemA1, "Two");
        await night.Service.Webhooks.RemoveAsync(night.Now, Hook, oldKey, [new OutboxRemoval($"merchant/{SaleNight.A}", 1, 1, 1, 1)]);

        Assert.Equal("Two", Assert.Single(Events(night)).GetProperty("data").GetProperty("title").GetString());
    }

    [Fact]
    public void Sign_KnownKeyAndBody_IsWhatOpenSslMakes() => Assert.Equal(
        "t=1592308800,v1=bd8a63a1e90a2f403d5009937d59f05270cfaa560cf203fba238c99576f6675c,v1=f5c600cd9a4b0868cbb7a724727cced879172679636bc38ff1b61cd13da0cb40",
        WebhookSignature.Sign(["whsec_test", "whsec_old"], DateTimeOffset.FromUnixTimeSeconds(1592308800), "{\"a\":1}"u8));

    [Fact]
    public async Task Claim_Accepted_IsToldOnceWithTheCodeThatBroughtTheViewer()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "overlay.claimed", SaleNight.A);
        await PublishAsync(night, "coupon", """{"couponId":"c1","limit":1}""");
        await PublishAsync(night, "bargain", """{"bargainId":"b1","target":3}""");
        night.Service.RecordJoin(night.Now, ViewerId.Parse("ann"), SaleNight.RoomA, ShareCode.Parse("mei-01"));

        var coupon = new CampaignKey(SaleNight.A, CampaignKind.Coupon, "c1");
        await TakePartAsync(night, coupon, "ann");
        await TakePartAsync(night, coupon, "ann");
        await TakePartAsync(night, coupon, "bob");
        await TakePartAsync(night, new CampaignKey(SaleNight.A, CampaignKind.Bargain, "b1"), "ann");

        var told = Assert.Single(Events(night));
        Assert.Equal((SaleNight.RoomA.Value, SaleNight.A.Value), (Text(told, "roomId"), Text(told, "merchantId")));
        Assert.Equal("""{"couponId":"c1","viewerId":"ann","number":1,"shareCode":"mei-01"}""", told.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Draw_OpenedClosedAndRevealed_IsToldWithWhatBindsItAndNoMoreThanThat()
    {
        await using var night = await SaleNight.OpenAsync();
        await PutAsync(night, "draw.*", SaleNight.A);
        var draw = new CampaignKey(SaleNight.A, CampaignKind.Draw, "d1");
        await PublishAsync(night, "draw", """{"drawId":"d1","prizes":2,"title":"Gift box"}""");
        await PublishAsync(night, "draw", """{"drawId":"d1","prizes":2,"title":"The same with other words"}""");
        foreach (var viewer in new[] { "ann", "bob", "cai", "dan" })
        {
            await TakePartAsync(night, draw, viewer);
        }

        await PublishAsync(night, "draw", """{"drawId":"d1","action":"close"}""");
        await PublishAsync(night, "draw", """{"drawId":"d1","action":"reveal"}""");
        await PublishAsync(night, "draw", """{"drawId":"d1","action":"reveal"}""");

        var events = Events(night);
        Assert.Equal(["draw.opened", "draw.closed", "draw.revealed"], events.Select(e => Text(e, "type")));
        var data = events.Select(e => e.GetProperty("data")).ToList();
        Assert.Equal([0L, 4L, 4L], data.Select(d => d.GetProperty("entered").GetInt64()));
        Assert.All(data.Take(2), d => Assert.Equal(("seed", JsonValueKind.Null), ("seed", d.GetProperty("seed").ValueKind)));
        Assert.All(data.Take(2), d => Assert.Equal(JsonValueKind.Null, d.GetProperty("winnerViewerIds").ValueKind));
        var seed = Convert.FromHexString(Text(data[2], "seed")!);
        Assert.All(data, d => Assert.Equal(Convert.ToHexStringLower(DrawRules.Commit(seed)), Text(d, "commit")));
        Assert.Equal(Text(data[1], "entriesHash"), Text(data[2], "entriesHash"));
        var winners = data[2].GetProperty("winnerViewerIds").EnumerateArray().Select(viewer => viewer.GetString()!).ToList();
        Assert.Equal(2, winners.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            winners.Select(viewer => Convert.ToHexStringLower(DrawRules.Entry(draw, viewer))),
            data[2].GetProperty("winners").EnumerateArray().Select(entry => entry.GetString()!));
    }

    private static async Task PublishAsync(SaleNight night, string type, string body)
    {
        var draft = CampaignDraft.Read(type, SaleNight.A, JsonDocument.Parse(body).RootElement).Value!;
        Assert.True((await night.Service.PublishCampaignAsync(night.Now, SaleNight.RoomA, draft)).IsSuccess);
    }

    private static Task TakePartAsync(SaleNight night, CampaignKey key, string viewer) =>
        night.Service.ParticipateAsync(night.Now, SaleNight.RoomA, key, ViewerId.Parse(viewer));

    private static string? Text(JsonElement told, string member) => told.GetProperty(member).GetString();

    private static async Task<WebhookPut> PutAsync(SaleNight night, string pattern, MerchantId? merchant = null) =>
        (await night.Service.Webhooks.PutAsync(night.Now, Hook, new WebhookDraft("https://shop.example/hook", [pattern], merchant))).Value;

    private static List<JsonElement> Events(SaleNight night) =>
        [.. night.Store.OutboxEntries.Of(Hook).Select(entry => JsonDocument.Parse(entry.Body).RootElement)];
}
