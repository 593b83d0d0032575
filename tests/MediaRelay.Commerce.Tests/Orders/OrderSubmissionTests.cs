using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Orders;

public sealed class OrderSubmissionTests
{
    [Fact]
    public async Task Submit_OrderForOtherMerchantsItem_SaleForOwnerAndReferralForOrigin()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Service.RecordJoin(night.Now, Viewer, RoomA);

        var answer = (await night.SubmitAsync("o1", OrderKind.Paid, RoomB, Line(1, ItemB1, 2, 3000))).Value;

        var record = Assert.Single(answer.Records);
        Assert.Equal(
            (B, RoomA, RoomB, false),
            (record.Owner, record.OriginRoomId, record.CarrierRoomId, record.IsOriginClaimed));
        var sale = Assert.Single(night.Store.Ledger(B));
        Assert.Equal((1L, LedgerKind.Sale, 3000L, RoomA), (sale.Seq, sale.Kind, sale.AmountMinor, sale.OriginRoomId));
        var referral = Assert.Single(night.Store.Ledger(A));
        Assert.Equal(
            (1L, LedgerKind.Referral, "o1", A),
            (referral.Seq, referral.Kind, referral.OrderId.Value, referral.MerchantId));
        Assert.True(referral is { ItemId: null, Quantity: null, AmountMinor: null, Currency: null });
        night.AssertConserved();
    }

    [Fact]
    public async Task Submit_UnknownViewer_OriginIsTheOrdersRoomAndMarkedAsClaimed()
    {
        await using var night = await SaleNight.OpenAsync();

        var answer = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemB1))).Value;

        Assert.Equal((RoomA, true), (answer.Records[0].OriginRoomId, answer.Records[0].IsOriginClaimed));
        Assert.Equal(LedgerKind.Referral, Assert.Single(night.Store.Ledger(A)).Kind);
    }

    [Fact]
    public async Task Submit_LinesOfBothMerchants_EachLineInItsOwnersLedger()
    {
        await using var night = await SaleNight.OpenAsync();

        var answer = (
            await night.SubmitAsync(
                "o1", OrderKind.Placed, RoomA, Line(2, ItemB1, 1, 200), Line(1, ItemA1, 1, 100))).Value;

        Assert.Equal([1, 2], answer.Records.Select(record => record.LineNo));
        Assert.Equal([(LedgerKind.Sale, 100L), (LedgerKind.Referral, (long?)null)], night.Postings(A));
        Assert.Equal([(LedgerKind.Sale, 200L)], night.Postings(B));
    }

    [Fact]
    public async Task Submit_SameEventTenTimes_CountsOnceAndAnswersTheSame()
    {
        await using var night = await SaleNight.OpenAsync();
        var orderEvent = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        var first = (await night.SubmitAsync(orderEvent)).Value;

        for (var i = 0; i < 10; i++)
        {
            night.Now += TimeSpan.FromHours(1.2);
            var again = (await night.SubmitAsync(orderEvent)).Value;
            Assert.True(again.IsRepeat);
            Assert.Equal(first.Records.ToArray(), again.Records.ToArray());
        }

        Assert.False(first.IsRepeat);
        Assert.Single(night.Store.Ledger(A));
    }

    [Fact]
    public async Task Submit_RepeatAfterRestart_AnswersTheSame()
    {
        await using var night = await SaleNight.OpenAsync();
        var orderEvent = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        var first = (await night.SubmitAsync(orderEvent)).Value;

        await night.ReopenAsync();
        var again = (await night.SubmitAsync(orderEvent)).Value;

        Assert.True(again.IsRepeat);
        Assert.Equal(first.Records.ToArray(), again.Records.ToArray());
        night.AssertConserved();
    }

    [Fact]
    public async Task Submit_SameIdentityOtherContent_ConflictQuarantinedOnceAndNothingChanges()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 100))).Value;
        var other = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 101));

        Assert.Equal(ProblemKind.Conflict, (await night.SubmitAsync(other)).Problem!.Kind);
        Assert.Equal(ProblemKind.Conflict, (await night.SubmitAsync(other)).Problem!.Kind);

        var quarantined = Assert.Single(await night.Service.ReadQuarantineAsync(0, 10));
        Assert.Equal((1L, 101L), (quarantined.Seq, quarantined.Event.Lines[0].Amount.Minor));
        Assert.Single(night.Store.Ledger(A));
    }

    [Fact]
    public async Task Submit_PaidAfterPlaced_OneSaleAndSameRecords()
    {
        await using var night = await SaleNight.OpenAsync();
        var placed = (await night.SubmitAsync("o1", OrderKind.Placed, RoomA, Line(1, ItemA1))).Value;
        night.DrainEvents();

        var paid = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).Value;

        Assert.False(paid.IsRepeat);
        Assert.Equal(placed.Records.ToArray(), paid.Records.ToArray());
        Assert.Single(night.Store.Ledger(A));
        Assert.Empty(night.DrainEvents());
    }

    [Fact]
    public async Task Submit_PaidWithOtherAmountThanPlaced_Quarantined()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Placed, RoomA, Line(1, ItemA1, 1, 100))).Value;

        Assert.Equal(
            ProblemKind.Conflict,
            (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 90))).Problem!.Kind);
        Assert.Single(await night.Service.ReadQuarantineAsync(0, 10));
    }

    [Fact]
    public async Task Submit_ItemThatNeverStoodOnTheNamedShelf_UnprocessableAndNoLineCounts()
    {
        await using var night = await SaleNight.OpenAsync();
        var foreign = new ItemKey(A, ItemId.Parse("only-b-has-this"));
        _ = (await night.PutItemAsync(new ItemKey(B, foreign.ItemId))).Value;

        var problem = (
            await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1), Line(2, foreign))).Problem!;

        Assert.Equal((ProblemKind.Unprocessable, "lines[1].itemId"), (problem.Kind, problem.Field));
        Assert.Empty(night.Store.Ledger(A));
        Assert.Empty(night.Store.Ledger(B));
    }

    [Fact]
    public async Task Submit_ItemThatLeftTheShelf_Accepted()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.Service.DeleteItemAsync(night.Now, ItemA1)).Value;

        Assert.True((await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).IsSuccess);
    }

    [Fact]
    public async Task Submit_UnknownRoom_Unprocessable()
    {
        await using var night = await SaleNight.OpenAsync();

        var problem = (
            await night.SubmitAsync("o1", OrderKind.Paid, RoomId.Parse("nowhere"), Line(1, ItemA1))).Problem!;

        Assert.Equal((ProblemKind.Unprocessable, "roomId"), (problem.Kind, problem.Field));
    }

    [Fact]
    public async Task Submit_CancelThenRefundBeyondWhatWasSold_Unprocessable()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 3, 300))).Value;
        _ = (await night.SubmitAsync("o1", OrderKind.Cancelled, RoomA, Line(1, ItemA1, 1, 100))).Value;

        var tooMany = (await night.SubmitAsync("o1", OrderKind.Refunded, RoomA, Line(1, ItemA1, 3, 200))).Problem!;
        var tooMuch = (await night.SubmitAsync("o1", OrderKind.Refunded, RoomA, Line(1, ItemA1, 2, 201))).Problem!;
        _ = (await night.SubmitAsync("o1", OrderKind.Refunded, RoomA, Line(1, ItemA1, 2, 200))).Value;

        Assert.Equal((ProblemKind.Unprocessable, "lines[0].quantity"), (tooMany.Kind, tooMany.Field));
        Assert.Equal((ProblemKind.Unprocessable, "lines[0].amountMinor"), (tooMuch.Kind, tooMuch.Field));
        Assert.Equal(
            [(LedgerKind.Sale, 300L), (LedgerKind.Cancel, -100L), (LedgerKind.Refund, -200L)], night.Postings(A));
        night.AssertConserved();
    }

    [Fact]
    public async Task Submit_PartialRefundsByEventId_EachCounts()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 2, 200))).Value;
        foreach (var id in new[] { "r1", "r2" })
        {
            var refund = night.Event(
                "o1", OrderKind.Refunded, RoomA, Line(1, ItemA1, 1, 100)) with { EventId = EventId.Parse(id) };
            Assert.False((await night.SubmitAsync(refund)).Value.IsRepeat);
            Assert.True((await night.SubmitAsync(refund)).Value.IsRepeat);
        }

        Assert.Equal(
            [(LedgerKind.Sale, 200L), (LedgerKind.Refund, -100L), (LedgerKind.Refund, -100L)], night.Postings(A));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_EventIdOfAnotherOrder_Quarantined(bool afterRestart)
    {
        await using var night = await SaleNight.OpenAsync();
        var first = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1)) with { EventId = EventId.Parse("e1") };
        _ = (await night.SubmitAsync(first)).Value;
        if (afterRestart)
        {
            await night.ReopenAsync();
        }

        var second = night.Event("o2", OrderKind.Paid, RoomA, Line(1, ItemA1)) with { EventId = EventId.Parse("e1") };

        Assert.Equal(ProblemKind.Conflict, (await night.SubmitAsync(second)).Problem!.Kind);
        Assert.Equal("o2", Assert.Single(await night.Service.ReadQuarantineAsync(0, 10)).Event.OrderId.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_CancelBeforeItsSale_WaitsAndAppliesWhenTheSaleComes(bool restartBetween)
    {
        await using var night = await SaleNight.OpenAsync();
        var cancel = night.Event("o1", OrderKind.Cancelled, RoomA, Line(1, ItemA1, 1, 100));
        var waiting = (await night.SubmitAsync(cancel)).Value;
        Assert.True(waiting.IsWaiting);
        Assert.Empty(waiting.Records);
        Assert.Equal(
            (-100, -100),
            (night.Service.GetConservation()[0].UnattributedMinor, night.Service.GetConservation()[0].TotalMinor));
        night.AssertConserved();
        if (restartBetween)
        {
            await night.ReopenAsync();
        }

        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 2, 200))).Value;

        Assert.Equal([(LedgerKind.Sale, 200L), (LedgerKind.Cancel, -100L)], night.Postings(A));
        Assert.Equal(0, night.Service.GetConservation()[0].UnattributedMinor);
        night.AssertConserved();
        var again = (await night.SubmitAsync(cancel)).Value;
        Assert.True(again is { IsRepeat: true, IsWaiting: true, Records: [] });
    }

    [Fact]
    public async Task Submit_WaitingCancelThatExceedsItsSale_QuarantinedWhenTheSaleComes()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Cancelled, RoomA, Line(1, ItemA1, 1, 500))).Value;

        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 100))).Value;

        Assert.Equal([(LedgerKind.Sale, 100L)], night.Postings(A));
        Assert.Equal(OrderKind.Cancelled, Assert.Single(await night.Service.ReadQuarantineAsync(0, 10)).Event.Kind);
        Assert.Equal(
            (100, 0),
            (night.Service.GetConservation()[0].TotalMinor, night.Service.GetConservation()[0].UnattributedMinor));
        night.AssertConserved();
    }

    [Fact]
    public async Task Submit_CancelOfLineThatWasNotSold_Unprocessable()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).Value;

        var problem = (await night.SubmitAsync("o1", OrderKind.Cancelled, RoomA, Line(2, ItemA1))).Problem!;

        Assert.Equal((ProblemKind.Unprocessable, "lines[0].lineNo"), (problem.Kind, problem.Field));
    }

    [Theory]
    [InlineData("item-2", "CNY", "lines[0].itemId")]
    [InlineData("item-1", "USD", "lines[0].currency")]
    public async Task Submit_RefundOfOtherItemOrCurrency_Unprocessable(string item, string currency, string field)
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).Value;

        var line = Line(1, new ItemKey(A, ItemId.Parse(item)), currency: currency);
        var problem = (await night.SubmitAsync("o1", OrderKind.Refunded, RoomA, line)).Problem!;

        Assert.Equal((ProblemKind.Unprocessable, field), (problem.Kind, problem.Field));
    }

    [Fact]
    public async Task Submit_RedeemedWithoutSale_RecordedApartFromMoney()
    {
        await using var night = await SaleNight.OpenAsync();

        var answer = (await night.SubmitAsync("o1", OrderKind.Redeemed, RoomA, Line(1, ItemB1, 1, 100))).Value;

        Assert.Equal(B, Assert.Single(answer.Records).Owner);
        Assert.Equal([(LedgerKind.Redemption, 100L)], night.Postings(B));
        Assert.Empty(night.Store.Ledger(A));
        Assert.Empty(night.Service.GetConservation());
    }

    [Fact]
    public async Task Submit_InCoHostSession_PurchaseForAllRoomsWithOwnerAndWithoutBuyer()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        night.DrainEvents();

        var answer = (await night.SubmitAsync("o1", OrderKind.Placed, RoomA, Line(1, ItemB1, 2, 200))).Value;

        Assert.Equal(session.Id, answer.Records[0].CoHostId);
        var purchases = Assert.IsType<PurchasesAccepted>(Assert.Single(night.DrainEvents()));
        Assert.Equal([RoomA, RoomB], purchases.Rooms.ToArray());
        Assert.Equal(
            new Purchase(ItemB1, "A thing", 2, new Money(200, "CNY"), RoomA), Assert.Single(purchases.Purchases));
    }

    [Fact]
    public async Task SubmitOrders_Batch_EachEventHasItsOwnOutcomeInOrder()
    {
        await using var night = await SaleNight.OpenAsync();

        var outcomes = await night.Service.SubmitOrdersAsync(
            night.Now,
            [
                night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1)),
                night.Event("o2", OrderKind.Paid, RoomId.Parse("nowhere"), Line(1, ItemA1)),
                night.Event("o1", OrderKind.Cancelled, RoomA, Line(1, ItemA1)),
            ]);

        Assert.Equal([true, false, true], outcomes.Select(outcome => outcome.IsSuccess));
        Assert.Equal([(LedgerKind.Sale, 1000L), (LedgerKind.Cancel, -1000L)], night.Postings(A));
    }

    [Fact]
    public async Task Submit_MoreOrdersThanTheCacheHolds_RepeatsAreStillRecognised()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxCachedOrders = 10 });
        var events = Enumerable.Range(0, 100).Select(
            i => night.Event($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1))).ToList();
        foreach (var orderEvent in events)
        {
            Assert.False((await night.SubmitAsync(orderEvent)).Value.IsRepeat);
        }

        foreach (var orderEvent in events)
        {
            Assert.True((await night.SubmitAsync(orderEvent)).Value.IsRepeat);
        }

        Assert.Equal(100, night.Store.Ledger(A).Count);
    }

    [Fact]
    public async Task Submit_PlatformClockAhead_SessionAtArrivalCounts()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        var ahead = night.Event(
            "o1", OrderKind.Paid, RoomA, Line(1, ItemA1)) with { OccurredAt = night.Now + TimeSpan.FromMinutes(5) };

        Assert.Equal(session.Id, (await night.SubmitAsync(ahead)).Value.Records[0].CoHostId);
    }

    [Fact]
    public async Task Submit_OccurredBeforeTheSession_NoSession()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        var earlier = night.Event(
            "o1", OrderKind.Paid, RoomA, Line(1, ItemA1)) with { OccurredAt = night.Now - TimeSpan.FromMinutes(5) };

        Assert.Null((await night.SubmitAsync(earlier)).Value.Records[0].CoHostId);
    }
}
