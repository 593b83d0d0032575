using System.Text.Json;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Tests.Overlays.MessagePack;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class RoomOverlaysTests
{
    private const long At = 1592308800123456;

    private readonly List<OverlayMessage> _delivered = [];
    private readonly RoomOverlays _room;

    public RoomOverlaysTests() => _room = new RoomOverlays(RoomA, _delivered.Add);

    [Fact]
    public void Publish_Messages_SameBytesAsTheNpmPackage()
    {
        var merchant = MerchantId.Parse("m-b");
        var item = new ItemKey(merchant, ItemId.Parse("i-1"));

        _room.Publish(
            At, 90000, new PurchaseBody(new Purchase(item, "拉菲 2016", 2, new Money(19900, "CNY"), RoomA)), merchant);
        _room.Publish(At, null, new TallyBody(280000, 150000));
        _room.Publish(At, null, new SpotlightBody(merchant, null), merchant);

        Assert.Equal(
            [MessagePackVectors.Relay("purchase"), MessagePackVectors.Relay("tally"), MessagePackVectors.Relay("spotlight")],
            _delivered.Select(message => message.Bytes.ToArray()));
    }

    [Fact]
    public void Publish_Messages_NumberedFromOneWithoutGapsWhateverTheType()
    {
        _room.Publish(At, null, new TallyBody(1, 1));
        _room.Publish(At, null, new NoticeBody("codec"));
        var handed = new List<OverlayMessage>();
        var addressed = _room.Address(At, null, new PongBody(new byte[] { 1 }, At), handed.Add);

        Assert.Equal([addressed], handed);
        Assert.Equal([1L, 2L], _delivered.Select(message => message.Seq));
        Assert.Equal((3L, true, 3L), (addressed.Seq, addressed.IsAddressed, _room.LastSeq));
    }

    [Fact]
    public void TryReplay_WithinAMinute_NeverShedMessagesInOrder()
    {
        Spotlight(At);
        _room.Publish(At, null, new TallyBody(1, 1));
        Spotlight(At);
        Spotlight(At);

        Assert.True(_room.TryReplay(At, 1, null, out var messages, out var last));
        Assert.Equal([3L, 4L], messages.Select(message => message.Seq));
        Assert.Equal(4, last);
        Assert.True(_room.TryReplay(At, 1, 3, out messages, out last));
        Assert.Equal([3L], messages.Select(message => message.Seq));
        Assert.Equal(3, last);
    }

    [Fact]
    public void TryReplay_OlderThanAMinuteOrNeverGiven_False()
    {
        Spotlight(At);
        Spotlight(At + 1);
        var later = At + OverlayRing.WindowMicros + 1;

        Assert.True(_room.TryReplay(later, 1, null, out var messages, out _));
        Assert.Equal([2L], messages.Select(message => message.Seq));
        Assert.False(_room.TryReplay(later, 0, null, out _, out _));
        Assert.False(_room.TryReplay(later, 3, null, out _, out _));
    }

    [Fact]
    public void Receipts_OfViewers_CountedWithLatencies()
    {
        var message = Spotlight(At);
        for (var i = 0; i < 100; i++)
        {
            message.Delivery!.CountSent();
        }

        for (var i = 1; i <= 99; i++)
        {
            _room.CountReceipt(At + (i * 1000), message.Seq, isArrival: true);
        }

        _room.CountReceipt(At, message.Seq, isArrival: false);
        _room.CountReceipt(At, 999, isArrival: true);
        Assert.True(_room.TryGetReceipt(At + OverlayDelivery.LostAfterMicros, message.Seq, out var receipt));
        Assert.Equal((100, 99, 1, 100), (receipt.Sent, receipt.Received, receipt.Lost, receipt.Confirmed));
        Assert.InRange(receipt.P50Ms!.Value, 50, 50 * 1.25);
        Assert.InRange(receipt.P99Ms!.Value, 99, 99 * 1.25);
        Assert.False(_room.TryGetReceipt(At, 999, out _));
    }

    [Fact]
    public async Task Snapshot_ShelfOfAThousandLongItems_FitsInMessagesOf60KiBAndNothingIsMissing()
    {
        await using var night = await SaleNight.OpenAsync();
        for (var i = 0; i < 998; i++)
        {
            var draft = new Commerce.Shelves.ShelfItemDraft(
                new string('字', 200), 1, "CNY", 1, "https://example.com/" + new string('u', 1000),
                "https://example.com/" + new string('p', 500));
            _ = (await night.Service.PutItemAsync(night.Now, new ItemKey(A, ItemId.Parse($"x{i}")), draft)).Value;
        }

        Spotlight(At);
        var messages = _room.Snapshot(At, null, () => night.Service.GetRoomShelves(RoomA).Value, Viewer, 0, []);

        Assert.Equal("snapshot", messages[0].Type);
        Assert.All(messages.Skip(1), message => Assert.Equal("shelf", message.Type));
        Assert.All(messages, message => Assert.Equal(1, message.Seq));
        Assert.All(messages, message => Assert.InRange(message.Bytes.Length, 1, OverlayEnvelope.MaxBytes));
        Assert.Equal(1000, messages.Sum(message => CountItems(message)));
    }

    [Fact]
    public async Task OverlayRooms_SessionBegins_EachRoomGetsTheOthersShelf()
    {
        await using var night = await SaleNight.OpenAsync();
        var published = new List<(RoomId Room, OverlayMessage Message)>();
        var rooms = new OverlayRooms(
            (room, message) => published.Add((room, message)), night.Service, (_, _) => null, (_, _) => [], (_, _, _) => null);
        await night.CoHostAsync();

        night.DrainEvents().ForEach(rooms.Publish);

        foreach (var (room, other) in new[] { (RoomA, B), (RoomB, A) })
        {
            var messages = published.Where(pair => pair.Room == room).Select(pair => pair.Message).ToList();
            Assert.Equal(["cohost", "layout", "shelf", "spotlight"], messages.Select(message => message.Type));
            Assert.Equal(other, messages[2].MerchantId);
        }
    }

    [Fact]
    public async Task OverlayRooms_LayoutAtAMediaTime_EachRoomGetsItByItsOwnFeedsTime()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        night.DrainEvents();
        var published = new List<(RoomId Room, OverlayMessage Message)>();
        var rooms = new OverlayRooms(
            (room, message) => published.Add((room, message)), night.Service, (_, _) => 500, (_, _) => [],
            (room, _, time) => room == session.Rooms[1].RoomId ? time + 7_000_000 : null);

        Assert.True((await night.Service.SetLayoutAsync(night.Now, session.Id, new Actor(B), CoHostLayout.Named("side-by-side").Value, 90_000)).IsSuccess);
        Assert.True((await night.Service.SetLayoutAsync(night.Now, session.Id, new Actor(B), CoHostLayout.Named("top-bottom").Value)).IsSuccess);
        night.DrainEvents().ForEach(rooms.Publish);

        Assert.Equal(
            [(session.Rooms[0].RoomId, 90_000L), (session.Rooms[1].RoomId, 7_090_000L), (session.Rooms[0].RoomId, 500L), (session.Rooms[1].RoomId, 500L)],
            published.Select(pair => (pair.Room, MediaTimeOf(pair.Message))));
    }

    [Fact]
    public async Task OverlayRooms_OrderOfAnotherMerchantsItem_PurchaseInAllRoomsOfTheSession()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        night.DrainEvents();
        var published = new List<(RoomId Room, OverlayMessage Message)>();
        var rooms = new OverlayRooms(
            (room, message) => published.Add((room, message)), night.Service, (_, _) => 12345, (_, _) => [], (_, _, _) => null);

        _ = (await night.SubmitAsync("o1", Commerce.Orders.OrderKind.Paid, RoomA, Line(1, ItemB1))).Value;
        night.DrainEvents().ForEach(rooms.Publish);

        Assert.Equal([RoomA, RoomB], published.Select(pair => pair.Room));
        Assert.All(
            published,
            pair => Assert.Equal(("purchase", (MerchantId?)B), (pair.Message.Type, pair.Message.MerchantId)));
    }

    [Fact]
    public void EncodedBody_NamingAnotherMerchant_Refused()
    {
        Assert.Equal(ProblemKind.Unprocessable, Encode("coupon", """{"merchantId":"merchant-b"}""").Problem!.Kind);
        Assert.Equal("type", Encode("purchase", "{}").Problem!.Field);
        Assert.Equal("body", Encode("coupon", "[]").Problem!.Field);
        Assert.False(Encode("coupon", $$"""{"x":"{{new string('x', 61_440)}}"}""").IsSuccess);
        Assert.False(Encode("coupon", "{\"x\":" + new string('[', 20) + new string(']', 20) + "}").IsSuccess);
    }

    [Fact]
    public void EncodedBody_AnyJson_CarriesItsMerchantFirst()
    {
        var body = Encode("coupon", """{"couponId":"c","amounts":[1,2.5,null,true,{"a":"ä"}]}""").Value;
        var message = _room.Publish(At, null, body, A);

        var reader = BodyOf(message);
        Assert.True(reader.TryReadMapHeader(out var pairs) && pairs == 3);
        Assert.True(reader.TryReadUtf8(out var name) && name.SequenceEqual("merchantId"u8));
        Assert.True(reader.TryReadUtf8(out var merchant) && merchant.SequenceEqual("merchant-a"u8));
        Assert.True(reader.TrySkip() && reader.TrySkip() && reader.TrySkip() && reader.TrySkip());
        Assert.True(reader.IsAtEnd);
    }

    private static Outcome<EncodedBody> Encode(string type, string json) =>
        EncodedBody.Create(type, A, JsonDocument.Parse(json).RootElement);

    private OverlayMessage Spotlight(long at) => _room.Publish(at, null, new SpotlightBody(A, null), A);

    private static long MediaTimeOf(OverlayMessage message)
    {
        var reader = new MessagePackReader(message.Bytes.Span);
        Assert.True(reader.TryReadArrayHeader(out _) && reader.TrySkip() && reader.TrySkip() && reader.TrySkip() && reader.TrySkip());
        Assert.True(reader.TryReadInt64(out var mediaTime));
        return mediaTime;
    }

    private static MessagePackReader BodyOf(OverlayMessage message)
    {
        var reader = new MessagePackReader(message.Bytes.Span);
        Assert.True(reader.TryReadArrayHeader(out var count) && count == 6);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(reader.TrySkip());
        }

        return reader;
    }

    // Counts the maps with an itemId, wherever they stand.
    private static int CountItems(OverlayMessage message)
    {
        var count = 0;
        var bytes = message.Bytes.Span;
        ReadOnlySpan<byte> name = [0xa6, .. "itemId"u8];
        for (var at = bytes.IndexOf(name); at >= 0; at = bytes.IndexOf(name))
        {
            count++;
            bytes = bytes[(at + name.Length)..];
        }

        return count;
    }
}
