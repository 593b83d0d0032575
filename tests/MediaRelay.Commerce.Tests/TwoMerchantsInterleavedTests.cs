using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests;

/// <summary>
/// Random operations of two merchants, joined and apart, with right and wrong owners. 10^5 of them; 10^6 with the
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
                    night.Service.RecordJoin(night.Now, ViewerId.Parse($"v{random.Next(500)}"), room);
                    break;
                default:
                    await SubmitAsync(night, random, operations / 4, items, $"seed {seed}, operation {i}");
                    break;
            }

            CheckEvents(night);
        }

        await CheckLedgersAsync(night);
    }

    private static async Task SubmitAsync(
        SaleNight night, Random random, int orders, HashSet<ItemKey> items, string context)
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
        var orderEvent = night.Event(
            $"o{number}", kind, Rooms[random.Next(2)],
            [.. lines]) with { ViewerId = ViewerId.Parse($"v{random.Next(1000)}") };

        var outcome = await night.SubmitAsync(orderEvent);

        // No order with a line that the named merchant never had is taken.
        Assert.True(!outcome.IsSuccess || orderEvent.Lines.All(line => items.Contains(line.Item)), context);
        if (outcome.IsSuccess && !outcome.Value.IsWaiting)
        {
            Assert.Equal(
                orderEvent.Lines.Select(line => line.Item), outcome.Value.Records.Select(record => record.Item));
        }
    }

    private static void CheckEvents(SaleNight night)
    {
        foreach (var commerceEvent in night.DrainEvents())
        {
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
        var before = night.Service.GetConservation();
        await night.ReopenAsync();
        Assert.Equal(before.ToArray(), night.Service.GetConservation().ToArray());
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
