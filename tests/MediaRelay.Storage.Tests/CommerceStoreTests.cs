using System.Data.Common;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Tests.Nights;
using static MediaRelay.Storage.Tests.Nights.Night;

namespace MediaRelay.Storage.Tests;

/// <summary>What holds of commerce in a database, whichever it is.</summary>
public abstract class CommerceStoreTests
{
    private protected abstract Task<ITestDatabase> CreateDatabaseAsync();

    [Fact]
    public async Task Reopen_AfterAnEvening_TheSameState()
    {
        await using var night = await OpenNightAsync();
        await night.PlayAsync();
        var before = await night.DescribeAsync();

        await night.ReopenAsync();

        Assert.Equal(before, await night.DescribeAsync());
        Assert.Contains("IsOk = True", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reopen_AfterAnEvening_ItGoesOnWhereItStopped()
    {
        await using var night = await OpenNightAsync();
        await night.PlayAsync();
        var first = await night.MustSubmitAsync(Order("o1", OrderKind.Placed, (1, ItemA, 100), (2, ItemB, 250)));
        await night.ReopenAsync();

        var again = await night.MustSubmitAsync(Order("o1", OrderKind.Placed, (1, ItemA, 100), (2, ItemB, 250)));
        Assert.True(again.IsRepeat);
        Assert.Equal(first.Records.ToArray(), again.Records.ToArray());
        var tooMuch = await night.Service.SubmitOrderAsync(Now, Order("o1", OrderKind.Cancelled, (2, ItemB, 201)));
        Assert.Equal(ProblemKind.Unprocessable, tooMuch.Problem!.Kind);

        // The cancel that waited for its sale, and the event id that belongs to another order.
        await night.MustSubmitAsync(Order("o2", OrderKind.Paid, (1, ItemA, 100)));
        Assert.Equal(
            [LedgerKind.Sale, LedgerKind.Sale, LedgerKind.Referral, LedgerKind.Sale, LedgerKind.Cancel],
            (await MustAsync(night.Service.ReadLedgerAsync(A, 0, 10))).Entries.Select(entry => entry.Kind));
        var taken = Order("o5", OrderKind.Paid, (1, ItemA, 1)) with { EventId = EventId.Parse("e3") };
        Assert.Equal(ProblemKind.Conflict, (await night.Service.SubmitOrderAsync(Now, taken)).Problem!.Kind);

        Assert.All(night.Service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));
        Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(A))).IsOk);
        Assert.Equal(
            ProblemKind.Conflict,
            (await night.Service.PutRoomAsync(Now, RoomId.Parse("deleted"), new RoomDraft(A, "Mine"))).Problem!.Kind);
    }

    [Fact]
    public async Task Submit_ManyAtOnce_AllDurableInOneChainEach()
    {
        await using var night = await OpenNightAsync();
        await night.OpenRoomsAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() =>
            night.MustSubmitAsync(Order($"o{i % 1000}", OrderKind.Paid, (1, ItemA, 100), (2, ItemB, 200))))));

        Assert.Equal(1000, answers.Count(answer => answer.IsRepeat));
        await night.ReopenAsync();
        foreach (var (merchant, entries) in new[] { (A, 2000L), (B, 1000L) })
        {
            var verification = await MustAsync(night.Service.VerifyLedgerAsync(merchant));
            Assert.Equal((true, entries), (verification.IsOk, verification.Entries));
        }

        Assert.Equal(new Conservation("CNY", 300_000, 0, 300_000), Assert.Single(night.Service.GetConservation()));
    }

    [Fact]
    public async Task Verify_RowEditedInTheDatabase_FirstBadIsTheRow()
    {
        await using var night = await OpenNightAsync();
        await night.OpenRoomsAsync();
        for (var i = 0; i < 10; i++)
        {
            await night.MustSubmitAsync(Order($"o{i}", OrderKind.Paid, (1, ItemA, 100)));
        }

        Assert.ThrowsAny<DbException>(() => night.Database.Execute("UPDATE ledger SET amount_minor = 1 WHERE seq = 4"));
        Assert.ThrowsAny<DbException>(() => night.Database.Execute("DELETE FROM ledger WHERE seq = 4"));
        Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(A))).IsOk);
        night.Database.AllowUpdates("ledger");
        night.Database.Execute("UPDATE ledger SET amount_minor = 1 WHERE seq = 4");

        Assert.Equal(4, (await MustAsync(night.Service.VerifyLedgerAsync(A))).FirstBad);
        await night.ReopenAsync();
        Assert.NotEqual(0, Assert.Single(night.Service.GetConservation()).DifferenceMinor);
    }

    [Fact]
    public async Task Commit_OneOfAGroupContradictsTheDatabase_ThoseBeforeStayThoseBehindFailUntilReset()
    {
        await using var database = await CreateDatabaseAsync();
        await using var store = await database.OpenStoreAsync();
        var durable = new List<string>();
        Task CommitAsync(string name, params CommerceChange[] changes) =>
            store.CommitAsync(changes, () => durable.Add(name));
        CommerceChange merchant = new MerchantChange(new Merchant(A, "A"));
        CommerceChange event1 = new OrderEventChange(
            new RecordedOrderEvent(Order("o1", OrderKind.Paid, (1, ItemA, 1)), OrderEventState.Applied, 1, Now));
        CommerceChange sameArrival = new OrderEventChange(
            new RecordedOrderEvent(Order("o2", OrderKind.Paid, (1, ItemA, 1)), OrderEventState.Applied, 1, Now));

        var commits = new[] { CommitAsync("first", merchant, event1), CommitAsync("bad", new MerchantChange(new Merchant(B, "B")), sameArrival), CommitAsync("behind", merchant) };
        await Task.WhenAll(commits.Select(commit => commit.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal([true, false, false], commits.Select(commit => commit.IsCompletedSuccessfully));
        Assert.Equal(["first"], durable);
        await Assert.ThrowsAsync<CommerceStoreException>(() => CommitAsync("later", merchant));
        var loaded = new List<CommerceChange>();
        var totals = await store.LoadAsync(Now, loaded.Add, CancellationToken.None);
        Assert.Equal([merchant], loaded);
        Assert.Equal(1, totals.LastOrderArrival);
        await CommitAsync("after", new MerchantChange(new Merchant(B, "B")));
        Assert.Equal(["first", "after"], durable);
    }

    [Fact]
    public async Task Submit_StoreFailsOnce_NextCallReadsAnewAndGoesOn()
    {
        await using var night = await OpenNightAsync();
        await night.OpenRoomsAsync();
        await night.MustSubmitAsync(Order("o1", OrderKind.Paid, (1, ItemA, 100)));

        // Takes the arrival number that the service will give next.
        night.Database.Execute(
            "INSERT INTO order_event SELECT 'o9', event_key, NULL, state, content, arrival + 1, accepted_at, NULL, NULL FROM order_event");
        var failed = await night.Service.SubmitOrderAsync(Now, Order("o2", OrderKind.Paid, (1, ItemA, 100)));
        var retried = await night.MustSubmitAsync(Order("o2", OrderKind.Paid, (1, ItemA, 100)));

        Assert.Equal(ProblemKind.Unavailable, failed.Problem!.Kind);
        Assert.False(retried.IsRepeat);
        var verification = await MustAsync(night.Service.VerifyLedgerAsync(A));
        Assert.Equal((true, 2L), (verification.IsOk, verification.Entries));
    }

    [Fact]
    public async Task Dispose_WithCommitsQueued_WritesThemFirst()
    {
        await using var night = await OpenNightAsync();
        await night.OpenRoomsAsync();
        var puts = Enumerable.Range(0, 500).Select(i => night.Service.PutItemAsync(
            Now, new ItemKey(A, ItemId.Parse($"item-{i}")), new ShelfItemDraft("A thing", i, "CNY", 7))).ToList();

        await night.ReopenAsync();

        Assert.All(await Task.WhenAll(puts), put => Assert.True(put.IsSuccess));
        Assert.Equal(501, night.Service.GetShelf(A).Value.Items.Length);
    }

    [Fact]
    public async Task Commit_AfterDispose_Fails()
    {
        await using var database = await CreateDatabaseAsync();
        var store = await database.OpenStoreAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<CommerceStoreException>(() => store.CommitAsync([], () => { }));
    }

    [Fact]
    public async Task Open_DatabaseInUse_RefusedWithItsNameAndTheFirstGoesOn()
    {
        await using var night = await OpenNightAsync();

        var refusal = await Assert.ThrowsAsync<CommerceStoreException>(night.Database.OpenStoreAsync);

        Assert.Contains("in use by another instance", refusal.Message, StringComparison.Ordinal);
        await night.OpenRoomsAsync();
    }

    [Fact]
    public async Task Open_DatabaseOfANewerVersion_RefusedAndFreeAgain()
    {
        await using var night = await OpenNightAsync();
        night.Database.SetSchemaVersion(99);
        await night.Service.DisposeAsync();

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var refusal = await Assert.ThrowsAsync<CommerceStoreException>(night.Database.OpenStoreAsync);
            Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Play_AnEvening_ARowInEveryTable()
    {
        await using var night = await OpenNightAsync();
        await night.PlayAsync();

        var rows = night.Database.CountRows();

        Assert.True(rows.Count > 10);
        Assert.DoesNotContain(rows, table => table.Value == 0);
    }

    private async Task<Night> OpenNightAsync() => await Night.OpenAsync(await CreateDatabaseAsync());
}
