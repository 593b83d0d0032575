using System.Security.Cryptography;
using System.Text.Json;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.Webhooks;

namespace MediaRelay.Storage.Tests.Nights;

/// <summary>A service on a database of its own, which goes away with it.</summary>
internal sealed class Night : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2020, 6, 16, 12, 0, 0, 123, 456, TimeSpan.Zero);
    public static readonly LedgerSigner Signer = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    public static readonly MerchantId A = MerchantId.Parse("a");
    public static readonly MerchantId B = MerchantId.Parse("b");
    public static readonly RoomId RoomA = RoomId.Parse("room-a");
    public static readonly RoomId RoomB = RoomId.Parse("room-b");
    public static readonly ItemKey ItemA = new(A, ItemId.Parse("i"));
    public static readonly ItemKey ItemB = new(B, ItemId.Parse("i"));

    private Night(ITestDatabase database, CommerceService service)
    {
        Database = database;
        Service = service;
    }

    public ITestDatabase Database { get; }

    public CommerceService Service { get; private set; }

    public static async Task<Night> OpenAsync(ITestDatabase database) =>
        new(database, await OpenServiceAsync(database));

    public static OrderEvent Order(string id, OrderKind kind, params (int LineNo, ItemKey Item, long Minor)[] lines) =>
        new(
        OrderId.Parse(id), null, kind,
        [.. lines.Select(line => new OrderLine(line.LineNo, line.Item, 1, new Money(line.Minor, "CNY")))],
        RoomA, ViewerId.Parse("v"), Now, null, null);

    public static async Task<T> MustAsync<T>(Task<Outcome<T>> call) => (await call).Value;

    public Task<OrderAnswer> MustSubmitAsync(OrderEvent orderEvent) =>
        MustAsync(Service.SubmitOrderAsync(Now, orderEvent));

    /// <summary>An order that is accepted once the store is back, asked for as an hour passes in small steps.</summary>
    public async Task MustSubmitLaterAsync(OrderEvent orderEvent)
    {
        var outcome = await Service.SubmitOrderAsync(Now, orderEvent);
        for (var minute = 0; minute < 60 && !outcome.IsSuccess; minute++)
        {
            outcome = await Service.SubmitOrderAsync(Now.AddMinutes(minute), orderEvent);
        }

        Assert.True(outcome.IsSuccess, outcome.Problem?.Detail);
    }

    /// <summary>Two merchants with a room and an item each.</summary>
    public async Task OpenRoomsAsync()
    {
        foreach (var (merchant, room, item) in new[] { (A, RoomA, ItemA), (B, RoomB, ItemB) })
        {
            await MustAsync(Service.PutMerchantAsync(Now, merchant, $"Merchant {merchant}"));
            await MustAsync(Service.PutRoomAsync(Now, room, new RoomDraft(merchant, "Title")));
            await MustAsync(
                Service.PutItemAsync(
                    Now, item, new ShelfItemDraft("A thing", 100, "CNY", 7, "https://example.com/i.png", null)));
        }
    }

    /// <summary>Something in every table.</summary>
    public async Task PlayAsync()
    {
        await OpenRoomsAsync();
        await PutWebhooksAsync();
        await MustAsync(Service.PutMerchantAsync(Now, B, "Merchant b: 'q' \"Q\" \\ \t 茶 🍵 $1 @x ; --"));
        var gone = new ItemKey(B, ItemId.Parse("gone"));
        await MustAsync(Service.PutItemAsync(Now, gone, new ShelfItemDraft("Gone", 1, "USD", 0, Position: 3)));
        await MustAsync(Service.DeleteItemAsync(Now, gone));
        var show = await MustAsync(Service.StartShowAsync(Now, RoomA));
        await NoteAudienceAsync(show.Id);
        await MustAsync(
            Service.PutRoomAsync(
                Now, RoomId.Parse("deleted"),
                new RoomDraft(B, "T", RoomOrientation.Landscape, true, RoomVideoCodec.H264)));
        await MustAsync(Service.StartShowAsync(Now, RoomId.Parse("deleted")));
        await MustAsync(Service.DeleteRoomAsync(Now, RoomId.Parse("deleted")));
        var guide = new ShareCodeEntry(ShareCode.Parse("g1"), A, StoreId.Parse("s"), GuideId.Parse("ann"), null);
        await MustAsync(Service.PutShareCodeAsync(Now, guide));
        await MustAsync(
            Service.PutShareCodeAsync(Now, guide with { Code = ShareCode.Parse("g0"), ParentCode = guide.Code }));
        Service.RecordJoin(Now, ViewerId.Parse("v"), RoomA, ShareCode.Parse("g0"));
        var layout = CoHostLayout.Of(
            [new LayoutTile(RoomA, 0, 0, 1, 1 / 3.0), new LayoutTile(RoomB, 0, 1 / 3.0, 1, 2 / 3.0, 5, true)]).Value;
        var request = new CoHostRequest([RoomA, RoomB], layout, IdempotencyKey: "k");
        var session = (await MustAsync(Service.CreateCoHostAsync(Now, new Actor(A), request))).Value;
        await MustAsync(Service.AcceptCoHostAsync(Now, session.Id, new Actor(B)));
        await MustAsync(Service.SetSpotlightAsync(Now, RoomA, ItemB));
        var click = Service.DescribeClick(
            Now, RoomA, ViewerId.Parse("v"), ItemA, (7, "spotlight"), new LiveMoment(90_000, A), tileOwner: A).Value;
        await MustSubmitAsync(Order("o4", OrderKind.Placed, (1, ItemA, 100)) with { ClickToken = Service.SignClick(click) });
        await PublishAsync("coupon", """{"couponId":"c1","limit":5,"endAt":"2020-06-17T00:00:00Z","title":"茶"}""");
        await PublishAsync("bargain", """{"bargainId":"b1","target":3,"startMinor":300,"floorMinor":100}""");
        await PublishAsync("draw", """{"drawId":"d1","prizes":1}""");
        await PublishAsync("draw", """{"drawId":"d2"}""");
        foreach (var (kind, id) in new[] { (CampaignKind.Coupon, "c1"), (CampaignKind.Bargain, "b1"), (CampaignKind.Draw, "d1"), (CampaignKind.Draw, "d2") })
        {
            await MustAsync(Service.ParticipateAsync(Now, RoomA, new CampaignKey(A, kind, id), ViewerId.Parse("v")));
            await MustAsync(Service.ParticipateAsync(Now, RoomA, new CampaignKey(A, kind, id), ViewerId.Parse("w")));
        }

        await Task.WhenAll(Enumerable.Range(0, Campaign.MaxIdle + 1).Select(i => PublishAsync("coupon", $$"""{"couponId":"shown-{{i}}"}""")));
        await PublishAsync("draw", """{"drawId":"d1","action":"close"}""");
        await PublishAsync("draw", """{"drawId":"d1","action":"reveal"}""");
        await MustAsync(Service.KeepLikesAsync(Now, [(RoomA, 280)]));
        await MustSubmitAsync(Order("o1", OrderKind.Placed, (1, ItemA, 100), (2, ItemB, 250)));
        await MustSubmitAsync(Order("o1", OrderKind.Refunded, (2, ItemB, 50)));
        await MustSubmitAsync(Order("o2", OrderKind.Cancelled, (1, ItemA, 30)));
        await MustSubmitAsync(Order("o3", OrderKind.Redeemed, (1, ItemB, 10)) with { EventId = EventId.Parse("e3") });
        Assert.Equal(
            ProblemKind.Conflict,
            (await Service.SubmitOrderAsync(Now, Order("o1", OrderKind.Placed, (1, ItemA, 99)))).Problem!.Kind);
        await MustAsync(Service.HandleTimeoutAsync(Now.AddMinutes(5)));
    }

    private Task<CampaignView> PublishAsync(string type, string body) =>
        MustAsync(Service.PublishCampaignAsync(Now, RoomA, CampaignDraft.Read(type, A, JsonDocument.Parse(body).RootElement).Value!));

    private async Task NoteAudienceAsync(ShowId show)
    {
        for (var i = 0; i < 2; i++)
        {
            await MustAsync(Service.Reports.NoteAsync(
                Now,
                [new ShowSample(show, Now.AddSeconds(10 * i), 7, 1, 2, 3, 4, 5, 6, 7, 8)],
                [new ShowCount(show, ShowSubject.ClickOnItem, A, "i", 3), new ShowCount(show, ShowSubject.JoinByOrigin, B, "room-b", 2)],
                [new ShowMoment(show, Now, ShowMomentKinds.Overlay, "12", A, "coupon", 90_000 + i)]));
        }
    }

    /// <summary>One that is owed everything from now on, one with a second secret that has taken something, and one that is gone.</summary>
    private async Task PutWebhooksAsync()
    {
        var draft = new WebhookDraft("https://shop.example/hook?a=1", ["order.*", "shelf.item.upserted"], null);
        foreach (var id in new[] { "owed", "took", "gone" })
        {
            await MustAsync(Service.Webhooks.PutAsync(Now, WebhookId.Parse(id), draft with { MerchantId = id == "took" ? A : null }));
        }

        await MustAsync(Service.PutItemAsync(Now, ItemA, new ShelfItemDraft("A better thing", 100, "CNY", 7)));
        var took = WebhookId.Parse("took");
        await MustAsync(Service.Webhooks.RemoveAsync(
            Now, took, Service.Webhooks.Find(took)!.Key, [new OutboxRemoval("merchant/a", 1, 1, 1, 1)]));
        await MustAsync(Service.Webhooks.PutAsync(Now, took, draft with { MerchantId = A, RotatesSecret = true }));
        await MustAsync(Service.Webhooks.DisableAsync(Now, took));
        await MustAsync(Service.Webhooks.DeleteAsync(Now, WebhookId.Parse("gone")));
    }

    public async Task ReopenAsync()
    {
        await Service.DisposeAsync();
        Service = await OpenServiceAsync(Database);
    }

    /// <summary>Everything that can be read, as text: two services with the same text are in the same state.</summary>
    public async Task<string> DescribeAsync()
    {
        var lines = new List<string>();
        foreach (var merchant in Service.ListMerchants())
        {
            lines.Add(merchant.ToString());
            var shelf = Service.GetShelf(merchant.Id).Value;
            lines.Add($"{shelf.ETag} {string.Join(' ', shelf.Items)}");
            lines.AddRange(
                (
                    await MustAsync(Service.ReadLedgerAsync(merchant.Id, 0, 1000))).Entries.Select(entry =>
                        entry.ToString()));
            lines.Add((await MustAsync(Service.VerifyLedgerAsync(merchant.Id))).ToString());
            lines.AddRange(
                (
                    await MustAsync(Service.GetLeaderboardAsync(merchant.Id, Now))).Guides.Select(guide =>
                        guide.ToString()));
            lines.AddRange((await MustAsync(Service.ReadCheckpointsAsync(merchant.Id, 0, 1000))).Select(made => made.ToString()));
            lines.Add(Service.LastCheckpoint(merchant.Id)?.ToString() ?? "no checkpoint");
            foreach (var statement in await Service.Statements.ListAsync(merchant.Id, null, 1000))
            {
                lines.Add(statement.ToString());
                lines.Add((await MustAsync(Service.Statements.ReadAsync(merchant.Id, statement.Id))).IsIntact.ToString());
            }

            foreach (var policy in AttributionPolicy.All)
            {
                lines.Add(string.Join(' ', (await Service.Statements.WhatIfAsync(merchant.Id, policy, null)).Shares));
            }
        }

        lines.AddRange(Service.LedgerKeys().Values.Select(key => key.ToString()));
        lines.AddRange((await MustAsync(Service.ReadAttributionAsync(A, OrderId.Parse("o4")))).Select(record => record.ToString()));

        foreach (var view in Service.ListRooms())
        {
            lines.Add($"{view.Room} {view.MerchantName} {view.Show} {view.CoHost?.Id}");
            lines.AddRange(
                Service.GetRoomShelves(view.Room.Id).Value.Merchants.Select(
                    shelf => $"{shelf.Merchant} {shelf.Spotlight}"));
        }

        foreach (var (kind, id) in new[] { (CampaignKind.Coupon, "c1"), (CampaignKind.Bargain, "b1"), (CampaignKind.Draw, "d1"), (CampaignKind.Draw, "d2") })
        {
            if (Service.GetCampaign(new CampaignKey(A, kind, id)).TryGet(out var view, out _))
            {
                var winners = view.Outcome?.Winners.Select(winner => Convert.ToHexString(winner.AsSpan())) ?? [];
                lines.Add(
                    $"{view.Campaign.Key} {view.Campaign.State} {view.Campaign.Terms} {view.Campaign.Display} {view.Campaign.OpenedAt:O} "
                    + $"{string.Join(' ', view.Campaign.Rooms)} {Convert.ToHexString(view.Campaign.Seed.AsSpan())} {view.Count} "
                    + $"{string.Join(' ', winners)} {string.Join(' ', Service.ListParticipants(view.Campaign.Key))}");
            }
        }

        var shown = Enumerable.Range(0, Campaign.MaxIdle + 1)
            .Where(i => Service.GetCampaign(new CampaignKey(A, CampaignKind.Coupon, $"shown-{i}")).IsSuccess);
        lines.Add($"shown {string.Join(' ', shown)}");
        lines.Add($"likes {Service.GetLikes(RoomA)}");
        foreach (var session in Service.ListCoHosts(openOnly: false))
        {
            lines.Add(
                $"{session} {string.Join(' ', session.Rooms)} {session.Layout.Name} {string.Join(' ', session.Layout.Tiles)} {string.Join(' ', session.Consents)}");
        }

        lines.AddRange(
            (await Service.ReadQuarantineAsync(0, 100)).Select(
                e => $"{e.Seq} {e.Reason} {e.At} {Convert.ToHexString(OrderEventCodec.Encode(e.Event))}"));
        foreach (var (merchant, room) in new[] { (A, RoomA), (A, RoomB), (B, RoomA), (B, RoomB) })
        {
            var content = (await MustAsync(Service.Reports.ReadAsync(merchant, room, null))).Content;
            lines.Add($"{content.Figures} {string.Join(' ', content.Figures.Money)} {string.Join(' ', content.Figures.Items)}");
            lines.Add($"{string.Join(' ', content.Minutes)} {string.Join(' ', content.Overlays)} {string.Join(' ', content.Guides)}");
            lines.Add($"{string.Join(' ', content.Samples)} {string.Join(' ', content.Counts)} {string.Join(' ', content.Moments)}");
        }

        foreach (var webhook in Service.Webhooks.List())
        {
            lines.Add($"{webhook} {string.Join(' ', webhook.Events)} {Service.Webhooks.Backlog(webhook.Id)}");
            foreach (var stream in (await MustAsync(Service.Webhooks.ReadStreamsAsync(Now, webhook.Id))).OrderBy(stream => stream.Stream, StringComparer.Ordinal))
            {
                lines.Add(stream.ToString());
                lines.AddRange((await Service.Webhooks.Outbox.ReadAsync(webhook.Id, stream.Stream, 0, 100, default))
                    .Select(entry => $"{entry} {System.Text.Encoding.UTF8.GetString(entry.Body)}"));
            }
        }

        lines.AddRange(Service.GetConservation().Select(sum => sum.ToString()));
        lines.Add(
            Service.TryResolveShareCode(ShareCode.Parse("g0"), out var entry) ? entry.ToString() : "no share code");
        return string.Join('\n', lines);
    }

    public List<CommerceEvent> DrainEvents()
    {
        var events = new List<CommerceEvent>();
        while (Service.Events.TryRead(out var commerceEvent))
        {
            events.Add(commerceEvent);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static async Task<CommerceService> OpenServiceAsync(ITestDatabase database) => await CommerceService.OpenAsync(
        Now, await database.OpenStoreAsync(), mediaTime: (_, _) => 45_000, speaker: (_, _) => B, signer: Signer);
}
