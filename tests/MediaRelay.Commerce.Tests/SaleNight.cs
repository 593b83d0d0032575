using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Tests;

/// <summary>Two merchants a and b with a room and two items each, and short ways to do what platforms do.</summary>
internal sealed class SaleNight : IAsyncDisposable
{
    public static readonly MerchantId A = MerchantId.Parse("merchant-a");
    public static readonly MerchantId B = MerchantId.Parse("merchant-b");
    public static readonly RoomId RoomA = RoomId.Parse("room-a");
    public static readonly RoomId RoomB = RoomId.Parse("room-b");
    public static readonly ItemKey ItemA1 = new(A, ItemId.Parse("item-1"));
    public static readonly ItemKey ItemA2 = new(A, ItemId.Parse("item-2"));
    public static readonly ItemKey ItemB1 = new(B, ItemId.Parse("item-1"));
    public static readonly ItemKey ItemB2 = new(B, ItemId.Parse("item-2"));
    public static readonly ViewerId Viewer = ViewerId.Parse("viewer-1");

    private SaleNight(MemoryCommerceStore store, CommerceService service)
    {
        Store = store;
        Service = service;
    }

    public DateTimeOffset Now { get; set; } = new(2020, 6, 16, 12, 0, 0, TimeSpan.Zero);

    public MemoryCommerceStore Store { get; }

    public CommerceService Service { get; private set; }

    public static async Task<SaleNight> OpenAsync(
        CommerceOptions? options = null, Commerce.Attribution.MediaTimeSource? mediaTime = null,
        LedgerSigner? signer = null)
    {
        var store = new MemoryCommerceStore();
        var now = new DateTimeOffset(2020, 6, 16, 12, 0, 0, TimeSpan.Zero);
        var night = new SaleNight(store, await CommerceService.OpenAsync(now, store, options, mediaTime, signer: signer));
        foreach (var (merchant, room) in new[] { (A, RoomA), (B, RoomB) })
        {
            _ = (await night.Service.PutMerchantAsync(now, merchant, $"Name of {merchant}")).Value;
            _ = (await night.Service.PutRoomAsync(now, room, new RoomDraft(merchant, $"Title of {room}"))).Value;
            foreach (var item in new[] { "item-1", "item-2" })
            {
                _ = (await night.PutItemAsync(new ItemKey(merchant, ItemId.Parse(item)))).Value;
            }
        }

        night.DrainEvents();
        return night;
    }

    public static OrderLine Line(
        int lineNo, ItemKey item, long quantity = 1, long minor = 1000, string currency = "CNY") =>
        new(lineNo, item, quantity, new Money(minor, currency));

    public async Task ReopenAsync() => Service = await CommerceService.OpenAsync(Now, Store);

    public Task<Outcome<ShelfChange>> PutItemAsync(
        ItemKey key, string title = "A thing", int? position = null, long? ifMatch = null) =>
        Service.PutItemAsync(Now, key, new ShelfItemDraft(title, 1000, "CNY", 100, Position: position), ifMatch);

    public OrderEvent Event(string orderId, OrderKind kind, RoomId room, params OrderLine[] lines) => new(
        OrderId.Parse(orderId), null, kind, [.. lines.OrderBy(line => line.LineNo)], room, Viewer, Now, null, null);

    public Task<Outcome<OrderAnswer>> SubmitAsync(OrderEvent orderEvent) => Service.SubmitOrderAsync(Now, orderEvent);

    public Task<Outcome<OrderAnswer>> SubmitAsync(
        string orderId, OrderKind kind, RoomId room, params OrderLine[] lines) =>
        SubmitAsync(Event(orderId, kind, room, lines));

    public async Task<CoHostSession> CoHostAsync() =>
        (
            await Service.CreateCoHostAsync(
                Now, Actor.Platform, new CoHostRequest([RoomA, RoomB], IsActiveAtOnce: true))).Value.Value;

    public List<CommerceEvent> DrainEvents()
    {
        var events = new List<CommerceEvent>();
        while (Service.Events.TryRead(out var commerceEvent))
        {
            events.Add(commerceEvent);
        }

        return events;
    }

    public void AssertConserved() => Assert.All(Service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));

    public async Task AssertChainsHoldAsync()
    {
        foreach (var merchant in new[] { A, B })
        {
            Assert.True((await Service.VerifyLedgerAsync(merchant)).Value.IsOk);
        }
    }

    public IEnumerable<(LedgerKind Kind, long? Amount)> Postings(MerchantId merchant) =>
        Store.Ledger(merchant).Select(entry => (entry.Kind, entry.AmountMinor));

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
