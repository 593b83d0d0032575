using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using static MediaRelay.Storage.Tests.Sqlite.SqliteNight;

namespace MediaRelay.Storage.Tests.Sqlite;

public sealed class SqliteCommerceStoreTests
{
    [Fact]
    public async Task Reopen_AfterAnEvening_TheSameState()
    {
        await using var night = await SqliteNight.OpenAsync();
        await night.PlayAsync();
        var before = await night.DescribeAsync();

        await night.ReopenAsync();

        Assert.Equal(before, await night.DescribeAsync());
        Assert.Contains("IsOk = True", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reopen_AfterAnEvening_ItGoesOnWhereItStopped()
    {
        await using var night = await SqliteNight.OpenAsync();
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
            [LedgerKind.Sale, LedgerKind.Referral, LedgerKind.Sale, LedgerKind.Cancel],
            (await MustAsync(night.Service.ReadLedgerAsync(A, 0, 10))).Entries.Select(entry => entry.Kind));
        var taken = Order("o4", OrderKind.Paid, (1, ItemA, 1)) with { EventId = EventId.Parse("e3") };
        Assert.Equal(ProblemKind.Conflict, (await night.Service.SubmitOrderAsync(Now, taken)).Problem!.Kind);

        Assert.All(night.Service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));
        Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(A))).IsOk);
        Assert.Equal(
            ProblemKind.Conflict,
            (await night.Service.PutRoomAsync(Now, RoomId.Parse("deleted"), new RoomDraft(A, "Mine"))).Problem!.Kind);
    }

    [Fact]
    public async Task Open_CopyOfDatabaseAndWriteAheadLogTakenWhileRunning_EverythingAcknowledgedIsThere()
    {
        await using var night = await SqliteNight.OpenAsync();
        await night.PlayAsync();
        var copy = Directory.CreateTempSubdirectory("mediarelay-").FullName;
        foreach (var file in new[] { SqliteCommerceStore.FileName, SqliteCommerceStore.FileName + "-wal" })
        {
            File.Copy(Path.Combine(night.Directory, file), Path.Combine(copy, file));
        }

        Assert.NotEqual(0, new FileInfo(Path.Combine(copy, SqliteCommerceStore.FileName + "-wal")).Length);
        await using var recovered = await SqliteNight.OpenAsync(copy);

        Assert.Equal(await night.DescribeAsync(), await recovered.DescribeAsync());
    }

    [Fact]
    public async Task Open_WriteAheadLogCutOffAnywhere_ChainsAndConservationHold()
    {
        await using var night = await SqliteNight.OpenAsync();
        await night.OpenRoomsAsync();
        for (var i = 0; i < 20; i++)
        {
            await night.MustSubmitAsync(Order($"o{i}", OrderKind.Paid, (1, ItemB, 100)));
        }

        var log = await File.ReadAllBytesAsync(Path.Combine(night.Directory, SqliteCommerceStore.FileName + "-wal"));
        var database = await File.ReadAllBytesAsync(Path.Combine(night.Directory, SqliteCommerceStore.FileName));
        var entries = new List<long>();
        for (var part = 1; part <= 8; part++)
        {
            var copy = Directory.CreateTempSubdirectory("mediarelay-").FullName;
            await File.WriteAllBytesAsync(Path.Combine(copy, SqliteCommerceStore.FileName), database);
            await File.WriteAllBytesAsync(
                Path.Combine(copy, SqliteCommerceStore.FileName + "-wal"),
                log[..((log.Length * part / 8) - (part == 8 ? 0 : 7))]);
            await using var recovered = await SqliteNight.OpenAsync(copy);
            if (recovered.Service.GetMerchant(B).IsSuccess)
            {
                var verification = await MustAsync(recovered.Service.VerifyLedgerAsync(B));
                Assert.True(verification.IsOk);
                entries.Add(verification.Entries);
            }

            Assert.All(recovered.Service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));
        }

        Assert.Equal(entries.Order(), entries);
        Assert.Equal(20, entries[^1]);
        Assert.True(entries[0] < 20);
    }

    [Fact]
    public async Task Open_DirectoryInUse_RefusedWithTheDirectoryNamed()
    {
        await using var night = await SqliteNight.OpenAsync();

        var refusal = Assert.Throws<CommerceStoreException>(() => SqliteCommerceStore.Open(night.Directory));

        Assert.Contains(night.Directory, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_DatabaseOfANewerVersionOrNone_RefusedAndTheDirectoryIsFreeAgain()
    {
        var directory = Directory.CreateTempSubdirectory("mediarelay-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, SqliteCommerceStore.FileName), new string('x', 10_000));
        Assert.Throws<CommerceStoreException>(() => SqliteCommerceStore.Open(directory));
        File.Delete(Path.Combine(directory, SqliteCommerceStore.FileName));

        await using var night = await SqliteNight.OpenAsync(directory);
        night.Execute("PRAGMA user_version = 99");
        await night.Service.DisposeAsync();
        var refusal = Assert.Throws<CommerceStoreException>(() => SqliteCommerceStore.Open(directory));
        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ManyAtOnce_AllDurableInOneChainEach()
    {
        await using var night = await SqliteNight.OpenAsync();
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
        await using var night = await SqliteNight.OpenAsync();
        await night.OpenRoomsAsync();
        for (var i = 0; i < 10; i++)
        {
            await night.MustSubmitAsync(Order($"o{i}", OrderKind.Paid, (1, ItemA, 100)));
        }

        Assert.Throws<SqliteException>(() => night.Execute("UPDATE ledger SET amount_minor = 1 WHERE seq = 4"));
        Assert.Throws<SqliteException>(() => night.Execute("DELETE FROM ledger WHERE seq = 4"));
        Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(A))).IsOk);
        night.Execute("DROP TRIGGER ledger_no_update; UPDATE ledger SET amount_minor = 1 WHERE seq = 4");

        Assert.Equal(4, (await MustAsync(night.Service.VerifyLedgerAsync(A))).FirstBad);
        await night.ReopenAsync();
        Assert.NotEqual(0, Assert.Single(night.Service.GetConservation()).DifferenceMinor);
    }

    [Fact]
    public async Task Commit_OneOfAGroupContradictsTheDatabase_ThoseBeforeStayThoseBehindFailUntilReset()
    {
        using var directory = new TemporaryDirectory();
        await using var store = SqliteCommerceStore.Open(directory.Path);
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
        await using var night = await SqliteNight.OpenAsync();
        await night.OpenRoomsAsync();
        await night.MustSubmitAsync(Order("o1", OrderKind.Paid, (1, ItemA, 100)));

        // Takes the arrival number that the service will give next.
        night.Execute(
            "INSERT INTO order_event SELECT 'o9', event_key, NULL, state, content, arrival + 1, accepted_at FROM order_event");
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
        await using var night = await SqliteNight.OpenAsync();
        await night.OpenRoomsAsync();
        var submits = Enumerable.Range(0, 500).Select(
            i => night.Service.SubmitOrderAsync(Now, Order($"o{i}", OrderKind.Paid, (1, ItemA, 1)))).ToList();

        await night.ReopenAsync();

        var accepted = (await Task.WhenAll(submits)).Count(outcome => outcome.IsSuccess);
        Assert.Equal(accepted, (await MustAsync(night.Service.VerifyLedgerAsync(A))).Entries);
        Assert.Equal(500, accepted);
    }

    [Fact]
    public async Task Commit_AfterDispose_Fails()
    {
        using var directory = new TemporaryDirectory();
        var store = SqliteCommerceStore.Open(directory.Path);
        await store.DisposeAsync();

        await Assert.ThrowsAsync<CommerceStoreException>(() => store.CommitAsync([], () => { }));
    }
}
