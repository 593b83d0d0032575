using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Postgres;
using MediaRelay.Storage.Tests.Nights;
using static MediaRelay.Storage.Tests.Nights.Night;

namespace MediaRelay.Storage.Tests.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMoveTests(PostgresCollection.Fixture fixture)
{
    [Fact]
    public async Task Run_AfterAnEvening_TheSameStateAndItGoesOn()
    {
        await using var from = await Night.OpenAsync(new SqliteDatabase());
        await from.PlayAsync();
        var before = await from.DescribeAsync();
        await from.Service.DisposeAsync();
        var target = await PostgresDatabase.CreateAsync(fixture.Server);

        var copied = await PostgresMove.RunAsync(from.Database.Name, PostgresDatabase.Settings(target.ConnectionString));

        Assert.Equal(from.Database.CountRows().OrderBy(table => table.Key), copied.OrderBy(table => table.Key));
        await using var night = await Night.OpenAsync(target);
        Assert.Equal(before, await night.DescribeAsync());
        var again = await night.MustSubmitAsync(Order("o1", OrderKind.Placed, (1, ItemA, 100), (2, ItemB, 250)));
        Assert.True(again.IsRepeat);
        await night.MustSubmitAsync(Order("o2", OrderKind.Paid, (1, ItemA, 100)));
        Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(A))).IsOk);
    }

    [Fact]
    public async Task Run_TargetHasRows_RefusedAndNothingIsCopied()
    {
        await using var from = await Night.OpenAsync(new SqliteDatabase());
        await from.PlayAsync();
        await from.Service.DisposeAsync();
        await using var to = await Night.OpenAsync(await PostgresDatabase.CreateAsync(fixture.Server));
        await to.OpenRoomsAsync();
        var before = to.Database.CountRows();
        await to.Service.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<CommerceStoreException>(() => PostgresMove.RunAsync(
            from.Database.Name, PostgresDatabase.Settings(((PostgresDatabase)to.Database).ConnectionString)));

        Assert.Contains("not empty", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, to.Database.CountRows());
    }

    [Fact]
    public async Task Run_SourceInUseOrMissing_RefusedWithTheDirectoryNamed()
    {
        await using var from = await Night.OpenAsync(new SqliteDatabase());
        Assert.True(PostgresSettings.TryRead("Host=127.0.0.1;Port=1;Database=d", out var settings, out _));

        var inUse = await Assert.ThrowsAsync<CommerceStoreException>(() => PostgresMove.RunAsync(from.Database.Name, settings));
        var missing = await Assert.ThrowsAsync<CommerceStoreException>(
            () => PostgresMove.RunAsync(Path.Combine(from.Database.Name, "none"), settings));

        Assert.Contains("in use by another instance", inUse.Message, StringComparison.Ordinal);
        Assert.Contains("There is no database", missing.Message, StringComparison.Ordinal);
    }
}
