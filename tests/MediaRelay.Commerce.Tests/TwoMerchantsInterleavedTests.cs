using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Replay;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.State;
using MediaRelay.Commerce.Tests.Campaigns;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests;

/// <summary>
/// Random operations of two merchants, joined and apart, with right and wrong owners: shelves, spotlights, sessions, shows,
/// codes, hand-offs, clicks, coupons, bargains, draws, orders alone and in batches, and what viewers are told of it. 10^5 of them; 10^6 with the
/// environment variable MEDIARELAY_LONG_TESTS set.
/// </summary>
public sealed class TwoMerchantsInterleavedTests
{
    private static readonly MerchantId[] Merchants = [A, B];
    private static readonly RoomId[] Rooms = [RoomA, RoomB];

    [Theory]
    [InlineData(1)]
    [InlineData(616)]
    public async Task RandomOperations_OfTwoMerchants_NeverCrossOwners(int seed)
    {
        var operations = Environment.GetEnvironmentVariable("MEDIARELAY_LONG_TESTS") is null ? 50_000 : 500_000;
        var random = new Random(seed);
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxCachedOrders = 1000 });
        var items = new HashSet<ItemKey> { ItemA1, ItemA2, ItemB1, ItemB2 };
        CoHostSession? session = null;
        var touches = new Dictionary<ViewerId, ViewerTouch>();
        var campaigns = new CampaignModel(night, random);
        var overlays = new OverlayRooms(
            (room, message) => CheckMessage(night, campaigns, room, message), night.Service, (_, _) => 0, (_, _) => [], (_, _, _) => null);
        for (var i = 0; i < operations; i++)
        {
            night.Now += TimeSpan.FromMilliseconds(random.Next(200));
            var merchant = Merchants[random.Next(2)];
            var room = Rooms[random.Next(2)];
            var item = new ItemKey(merchant, ItemId.Parse($"item-{random.Next(12)}"));
            switch (random.Next(20))
            {
                case 0:
                    Assert.True((await night.PutItemAsync(item, position: random.Next(10))).IsSuccess);
                    items.Add(item);
                    break;
                case 1:
                    await night.Service.DeleteItemAsync(night.Now, item);
                    break;
                case 2:
                    var spotlight = await night.Service.SetSpotlightAsync(night.Now, room, item);
                    Assert.True(
                        !spotlight.IsSuccess || spotlight.Value.Item.MerchantId == OwnerOf(spotlight.Value.RoomId),
                        $"seed {seed}, operation {i}");
                    break;
                case 3 when session is null:
                    session = await night.CoHostAsync();
                    break;
                case 3:
                    _ = (await night.Service.EndCoHostAsync(night.Now, session.Id, new Actor(merchant))).Value;
                    session = null;
                    break;
                case 4:
                    Join(night, touches, ViewerId.Parse($"v{random.Next(500)}"), room, random);
                    break;
                case 5:
                    await night.Service.PutShareCodeAsync(night.Now, new ShareCodeEntry(
                        ShareCode.Parse($"c{random.Next(20)}"), merchant, StoreId.Parse("s"), GuideId.Parse($"guide-of-{merchant}"),
                        random.Next(2) == 0 ? null : ShareCode.Parse($"c{random.Next(20)}")));
                    break;
                case 6:
                    await ClickAndOrderAsync(night, random, room, item, $"seed {seed}, click {i}");
                    break;
                case 7:
                    await night.Service.StartShowAsync(night.Now, room);
                    break;
                case 8 when random.Next(20) == 0:
                    await night.Service.CloseRoomAsync(night.Now, room);
                    session = session is { } open && night.Service.GetCoHost(open.Id).Value.IsOpen ? session : null;
                    break;
                case 9:
                    await SubmitBatchAsync(night, random, operations / 4, items, $"seed {seed}, batch {i}");
                    break;
                case 10 when random.Next(50) == 0:
                    await night.Service.HandleTimeoutAsync(night.Now);
                    break;
                case 11:
                    await campaigns.PublishAsync(room, merchant, $"seed {seed}, operation {i}");
                    break;
                case 12 or 13:
                    await campaigns.ParticipateAsync(room, merchant, ViewerId.Parse($"v{random.Next(500)}"), $"seed {seed}, operation {i}");
                    break;
                default:
                    await SubmitAsync(night, random, operations / 4, items, $"seed {seed}, operation {i}");
                    break;
            }

            CheckEvents(night, campaigns, overlays);
        }

        campaigns.CheckAll();
        Assert.True(campaigns.Participations > operations / 50 && campaigns.Revealed > 2, $"{campaigns.Participations}, {campaigns.Revealed}");
        await CheckLedgersAsync(night);
        campaigns.CheckAll();
    }

    // Whoever comes again within a night, or is handed to another room, keeps where it came in first and by whose code.
    private static void Join(
        SaleNight night, Dictionary<ViewerId, ViewerTouch> touches, ViewerId viewer, RoomId room, Random random)
    {
        ShareCode? code = random.Next(2) == 0 ? null : ShareCode.Parse($"c{random.Next(20)}");
        var touch = night.Service.RecordJoin(night.Now, viewer, room, code);
        if (!touches.TryGetValue(viewer, out var first) || night.Now - first.At >= TimeSpan.FromHours(12))
        {
            touches[viewer] = first = new ViewerTouch(viewer, room, code, night.Now);
        }

        Assert.Equal(first, touch);
    }

    // A token is issued for what the room shows and for nothing else, and explains only the line that it was issued for.
    private static async Task ClickAndOrderAsync(SaleNight night, Random random, RoomId room, ItemKey item, string context)
    {
        var viewer = ViewerId.Parse($"v{random.Next(20)}");
        var described = night.Service.DescribeClick(
            night.Now, room, viewer, item, (random.Next(100), "spotlight"), new LiveMoment(random.Next(), null));
        var isShown = night.Service.GetRoomShelves(room).Value.Merchants.Any(
            shelf => shelf.Merchant.Id == item.MerchantId && shelf.Shelf.Find(item.ItemId) is not null);
        Assert.True(isShown == described.IsSuccess, context);
        if (!described.TryGet(out var click, out _))
        {
            return;
        }

        var bought = new ItemKey(Merchants[random.Next(2)], item.ItemId);
        var orderEvent = night.Event($"click-{night.Now.UtcTicks}", OrderKind.Paid, Rooms[random.Next(2)], Line(1, bought)) with
        {
            ViewerId = ViewerId.Parse($"v{random.Next(20)}"),
            ClickToken = night.Service.SignClick(click),
        };
        if ((await night.SubmitAsync(orderEvent)).TryGet(out var answer, out _))
        {
            var record = Assert.Single(answer.Records);
            var isItsOwn = bought == item && orderEvent.ViewerId == viewer && orderEvent.RoomId == room;
            Assert.True(isItsOwn == (record.Click == ClickEvidence.Genuine), context);
            Assert.True(isItsOwn == record.OverlaySeq is not null, context);
            Assert.Equal(bought.MerchantId, record.Owner);
        }
    }

    private static async Task SubmitBatchAsync(
        SaleNight night, Random random, int orders, HashSet<ItemKey> items, string context)
    {
        var events = Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomEvent(night, random, orders)).ToList();
        var outcomes = await night.Service.SubmitOrdersAsync(night.Now, events);
        for (var i = 0; i < events.Count; i++)
        {
            Check(events[i], outcomes[i], items, context);
        }
    }

    private static async Task SubmitAsync(
        SaleNight night, Random random, int orders, HashSet<ItemKey> items, string context)
    {
        var orderEvent = RandomEvent(night, random, orders);
        Check(orderEvent, await night.SubmitAsync(orderEvent), items, context);
    }

    private static OrderEvent RandomEvent(SaleNight night, Random random, int orders)
    {
        // An order's lines follow from its number, so that its events fit together; one event in six says something
        // else.
        var number = random.Next(orders);
        var source = random.Next(6) == 0 ? random : new Random(number);
        var kind = (OrderKind)random.Next(1, 6);
        var part = kind is OrderKind.Cancelled or OrderKind.Refunded ? random.Next(1, 3) : 2;
        var lines = Enumerable.Range(1, source.Next(1, 4)).Select(lineNo =>
        {
            var item = new ItemKey(Merchants[source.Next(2)], ItemId.Parse($"item-{source.Next(14)}"));
            return Line(lineNo, item, source.Next(1, 3) * part, source.Next(1, 4) * 100 * part);
        });
        return night.Event(
            $"o{number}", kind, Rooms[random.Next(2)],
            [.. lines]) with { ViewerId = ViewerId.Parse($"v{random.Next(1000)}") };
    }

    private static void Check(OrderEvent orderEvent, Outcome<OrderAnswer> outcome, HashSet<ItemKey> items, string context)
    {
        // No order with a line that the named merchant never had is taken.
        Assert.True(!outcome.IsSuccess || orderEvent.Lines.All(line => items.Contains(line.Item)), context);
        if (outcome.IsSuccess && !outcome.Value.IsWaiting)
        {
            Assert.Equal(
                orderEvent.Lines.Select(line => line.Item), outcome.Value.Records.Select(record => record.Item));
        }
    }

    // What is said in a room in a merchant's name is that of a merchant whom the room shows; only what was bought there may
    // be somebody else's, because the order says so. How a coupon or a draw ended is told where it was shown, though the session may be over.
    private static void CheckMessage(SaleNight night, CampaignModel campaigns, RoomId room, OverlayMessage message) =>
        Assert.True(
            message.MerchantId is not { } merchant || message.Class == OverlayClass.Purchase
            || campaigns.IsTold(merchant, room)
            || night.Service.GetRoomShelves(room).Value.Merchants.Any(shelf => shelf.Merchant.Id == merchant),
            $"{message.Type} of {message.MerchantId} in {room}");

    private static void CheckEvents(SaleNight night, CampaignModel campaigns, OverlayRooms overlays)
    {
        foreach (var commerceEvent in night.DrainEvents())
        {
            campaigns.Told = (commerceEvent as CampaignEnded)?.View.Campaign.Key;
            overlays.Publish(commerceEvent);
            if (commerceEvent is SpotlightChanged { ItemId: { } itemId } spotlight)
            {
                Assert.NotNull(night.Service.GetShelf(spotlight.MerchantId).Value.Find(itemId));
            }
        }

        var shelves = night.Service.GetRoomShelves(RoomA).Value;
        Assert.Equal(A, shelves.Merchants[0].Merchant.Id);
        foreach (var shelf in shelves.Merchants)
        {
            Assert.All(shelf.Shelf.Items, item => Assert.Equal(shelf.Merchant.Id, item.Key.MerchantId));
            Assert.True(shelf.Spotlight is null || shelf.Spotlight.Item.MerchantId == shelf.Merchant.Id);
        }
    }

    private static async Task CheckLedgersAsync(SaleNight night)
    {
        // What each ledger must hold is found again from the attributed lines alone.
        var records = night.Store.Log.OfType<AttributionChange>().ToDictionary(
            change => (change.Record.OrderId, change.Record.LineNo), change => change.Record);
        foreach (var merchant in Merchants)
        {
            foreach (var entry in night.Store.Ledger(merchant))
            {
                var record = records[(entry.OrderId, entry.LineNo)];
                Assert.Equal(merchant, entry.MerchantId);
                Assert.Equal(entry.Kind == LedgerKind.Referral ? record.OriginMerchantId : record.Owner, merchant);
                Assert.Equal(entry.Kind == LedgerKind.Referral ? null : record.Item.ItemId, entry.ItemId);
                Assert.Equal(record.OriginRoomId, entry.OriginRoomId);
            }

            // The run would prove nothing if it did not meet every kind of entry.
            Assert.Equal(
                Enum.GetValues<LedgerKind>(),
                night.Store.Ledger(merchant).Select(entry => entry.Kind).Distinct().Order());
        }

        CheckReversals(night);
        await night.AssertChainsHoldAsync();
        night.AssertConserved();
        await CheckStatementsAsync(night);
        await CheckBoardsAsync(night);
        var report = await NightReplay.RunAsync(night.Store);
        Assert.True(report.IsEqual, string.Join('\n', report.Comparisons.Where(comparison => !comparison.IsEqual)));
        var before = night.Service.GetConservation();
        await night.ReopenAsync();
        Assert.Equal(before.ToArray(), night.Service.GetConservation().ToArray());
    }

    // What was added up entry by entry is what the store adds up when it is asked.
    private static async Task CheckBoardsAsync(SaleNight night)
    {
        async Task<List<string>> ReadAsync()
        {
            var rows = new List<string>();
            foreach (var merchant in Merchants)
            {
                foreach (var hour in new[] { -1, 0 })
                {
                    var board = (await night.Service.GetLeaderboardAsync(merchant, night.Now.AddHours(hour))).Value;
                    rows.AddRange(board.Guides.Select(guide => $"{merchant} {board.From:O} {guide}"));
                }
            }

            return rows;
        }

        var kept = await ReadAsync();
        await night.ReopenAsync();
        Assert.NotEmpty(kept);
        Assert.Equal(await ReadAsync(), kept);
    }

    private static async Task CheckStatementsAsync(SaleNight night)
    {
        foreach (var merchant in Merchants)
        {
            var statements = await night.Service.Statements.ListAsync(merchant, null, 20);
            Assert.NotEmpty(statements);
            foreach (var statement in statements)
            {
                Assert.Equal(merchant, statement.MerchantId);
                Assert.True((await night.Service.Statements.ReadAsync(merchant, statement.Id)).Value.IsIntact);
            }

            // Whatever the policy, the merchant's net is divided and nothing else.
            var net = (await night.Service.GetStatementAsync(merchant, null)).Value.Money.Sum(sum => sum.NetMinor);
            foreach (var policy in AttributionPolicy.All)
            {
                var figures = await night.Service.Statements.WhatIfAsync(merchant, policy, null);
                Assert.Equal(net, figures.Shares.Sum(share => share.NetMinor));
                Assert.Equal(policy.Version == 2, figures.Shares.Any(share => share.Party != PolicyParty.Owner));
            }
        }
    }

    private static void CheckReversals(SaleNight night)
    {
        var entries = Merchants.SelectMany(merchant => night.Store.Ledger(merchant)).Where(
            entry => entry.Kind is LedgerKind.Sale or LedgerKind.Cancel or LedgerKind.Refund);
        foreach (var line in entries.GroupBy(entry => (entry.OrderId, entry.LineNo)))
        {
            Assert.Single(line, entry => entry.Kind == LedgerKind.Sale);
            Assert.True(line.Sum(entry => entry.AmountMinor) >= 0, $"{line.Key} gave back more than it took");
            Assert.True(line.Sum(entry => entry.Quantity) >= 0, $"{line.Key} took back more than it sold");
        }
    }

    private static MerchantId OwnerOf(RoomId room) => room == RoomA ? A : B;
}
