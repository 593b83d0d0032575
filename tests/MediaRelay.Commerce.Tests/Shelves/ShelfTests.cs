using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Shelves;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Shelves;

public sealed class ShelfTests
{
    [Fact]
    public async Task PutItem_Positions_OrderedByPositionThenArrival()
    {
        await using var night = await SaleNight.OpenAsync();
        foreach (var (id, position) in new[] { ("x", 5), ("y", 0), ("z", 5) })
        {
            _ = (await night.PutItemAsync(new ItemKey(A, ItemId.Parse(id)), position: position)).Value;
        }

        Assert.Equal(
            ["item-1", "y", "item-2", "x", "z"],
            night.Service.GetShelf(A).Value.Items.Select(item => item.Key.ItemId.Value));
    }

    [Fact]
    public async Task PutItem_EachChange_VersionUpByOneAndSameContentChangesNothing()
    {
        await using var night = await SaleNight.OpenAsync();
        var changed = (await night.PutItemAsync(ItemA1, "Other title")).Value;
        var same = (await night.PutItemAsync(ItemA1, "Other title")).Value;

        Assert.Equal((3L, "\"3\"", false), (changed.Shelf.Version, changed.Shelf.ETag, changed.IsCreated));
        Assert.Equal(3, same.Shelf.Version);
        Assert.Equal(3, Assert.IsType<ShelfChanged>(Assert.Single(night.DrainEvents())).Version);
    }

    [Theory]
    [InlineData(1L, true)] // the item's own version
    [InlineData(2L, true)] // the shelf's, since when this item did not change
    [InlineData(0L, false)]
    [InlineData(3L, false)]
    public async Task PutItem_IfMatch_HoldsWhileTheItemIsUnchanged(long version, bool isAccepted)
    {
        await using var night = await SaleNight.OpenAsync();

        var outcome = await night.PutItemAsync(ItemA1, "Other title", ifMatch: version);

        Assert.Equal(isAccepted ? null : ProblemKind.PreconditionFailed, outcome.Problem?.Kind);
    }

    [Fact]
    public async Task DeleteItem_InSpotlight_SpotlightGoesFirst()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.Service.SetSpotlightAsync(night.Now, RoomA, ItemA1)).Value;
        night.DrainEvents();

        _ = (await night.Service.DeleteItemAsync(night.Now, ItemA1)).Value;

        Assert.Collection(
            night.DrainEvents(),
            first => Assert.Null(Assert.IsType<SpotlightChanged>(first).ItemId),
            second => Assert.True(Assert.IsType<ShelfChanged>(second).Item.IsRemoved));
        Assert.Null(night.Service.GetRoomShelves(RoomA).Value.Merchants[0].Spotlight);
        Assert.Equal(ProblemKind.NotFound, (await night.Service.DeleteItemAsync(night.Now, ItemA1)).Problem!.Kind);
    }

    [Fact]
    public async Task GetRoomShelves_InSession_OwnMerchantFirstAndIndependentSpotlights()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        _ = (await night.Service.SetSpotlightAsync(night.Now, RoomA, ItemA1)).Value;
        _ = (await night.Service.SetSpotlightAsync(night.Now, RoomA, ItemB2)).Value;

        var inA = night.Service.GetRoomShelves(RoomA).Value;
        var inB = night.Service.GetRoomShelves(RoomB).Value;

        Assert.Equal(
            [(A, ItemA1), (B, ItemB2)], inA.Merchants.Select(shelf => (shelf.Merchant.Id, shelf.Spotlight!.Item)));
        Assert.Equal(
            [(B, ItemB2), (A, ItemA1)], inB.Merchants.Select(shelf => (shelf.Merchant.Id, shelf.Spotlight!.Item)));
        Assert.All(
            night.DrainEvents().OfType<SpotlightChanged>(), change =>
                Assert.Equal([RoomA, RoomB], change.Rooms.ToArray()));
    }

    [Fact]
    public async Task SetSpotlight_OutsideASession_OwnItemsOnly()
    {
        await using var night = await SaleNight.OpenAsync();

        Assert.Equal(
            ProblemKind.Conflict, (await night.Service.SetSpotlightAsync(night.Now, RoomA, ItemB1)).Problem!.Kind);
        var unknown = new ItemKey(A, ItemId.Parse("item-of-nobody"));
        Assert.Equal(
            ProblemKind.Unprocessable,
            (await night.Service.SetSpotlightAsync(night.Now, RoomA, unknown)).Problem!.Kind);
    }

    [Fact]
    public async Task Spotlight_SessionEnds_StaysInItsMerchantsOwnRoom()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        _ = (await night.Service.SetSpotlightAsync(night.Now, RoomA, ItemB2)).Value;

        await night.Service.EndCoHostAsync(night.Now, session.Id, Commerce.CoHosting.Actor.Platform);

        Assert.Null(Assert.Single(night.Service.GetRoomShelves(RoomA).Value.Merchants).Spotlight);
        Assert.Equal(ItemB2, Assert.Single(night.Service.GetRoomShelves(RoomB).Value.Merchants).Spotlight!.Item);
    }

    [Fact]
    public async Task ShelfChanged_InSession_NamesAllRoomsThatSeeTheShelf()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        night.DrainEvents();

        _ = (await night.PutItemAsync(ItemB1, "New")).Value;

        Assert.Equal([RoomA, RoomB], Assert.IsType<ShelfChanged>(Assert.Single(night.DrainEvents())).Rooms.Order());
    }

    [Theory]
    [InlineData("", 1, "CNY", 1, null, "title")]
    [InlineData("t", -1, "CNY", 1, null, "priceMinor")]
    [InlineData("t", 1, "cny", 1, null, "currency")]
    [InlineData("t", 1, "CNY", -1, null, "stock")]
    [InlineData("t", 1, "CNY", 1, "javascript:alert(1)", "url")]
    [InlineData("t", 1, "CNY", 1, "/relative", "url")]
    public void Check_FieldOutsideItsRule_NamesFieldAndWhatIsAllowed(
        string title, long price, string currency, long stock, string? url, string field)
    {
        var problem = new ShelfItemDraft(title, price, currency, stock, Url: url).Check()!;

        Assert.Equal((ProblemKind.BadRequest, field), (problem.Kind, problem.Field));
        Assert.False(string.IsNullOrEmpty(problem.Allowed));
    }
}
