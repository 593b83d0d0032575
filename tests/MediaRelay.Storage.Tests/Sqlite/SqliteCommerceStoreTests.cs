using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Sqlite;
using MediaRelay.Storage.Tests.Nights;
using static MediaRelay.Storage.Tests.Nights.Night;

namespace MediaRelay.Storage.Tests.Sqlite;

public sealed class SqliteCommerceStoreTests : CommerceStoreTests
{
    [Fact]
    public async Task Open_CopyOfDatabaseAndWriteAheadLogTakenWhileRunning_EverythingAcknowledgedIsThere()
    {
        var database = new SqliteDatabase();
        await using var night = await Night.OpenAsync(database);
        await night.PlayAsync();
        var copy = Directory.CreateTempSubdirectory("mediarelay-").FullName;
        foreach (var file in new[] { SqliteCommerceStore.FileName, SqliteCommerceStore.FileName + "-wal" })
        {
            File.Copy(Path.Combine(database.Directory, file), Path.Combine(copy, file));
        }

        Assert.NotEqual(0, new FileInfo(Path.Combine(copy, SqliteCommerceStore.FileName + "-wal")).Length);
        await using var recovered = await Night.OpenAsync(new SqliteDatabase(copy));

        Assert.Equal(await night.DescribeAsync(), await recovered.DescribeAsync());
    }

    [Fact]
    public async Task Open_WriteAheadLogCutOffAnywhere_ChainsAndConservationHold()
    {
        var database = new SqliteDatabase();
        await using var night = await Night.OpenAsync(database);
        await night.OpenRoomsAsync();
        for (var i = 0; i < 20; i++)
        {
            await night.MustSubmitAsync(Order($"o{i}", OrderKind.Paid, (1, ItemB, 100)));
        }

        var log = await File.ReadAllBytesAsync(database.File + "-wal");
        var file = await File.ReadAllBytesAsync(database.File);
        var entries = new List<long>();
        for (var part = 1; part <= 8; part++)
        {
            var copy = Directory.CreateTempSubdirectory("mediarelay-").FullName;
            await File.WriteAllBytesAsync(Path.Combine(copy, SqliteCommerceStore.FileName), file);
            await File.WriteAllBytesAsync(
                Path.Combine(copy, SqliteCommerceStore.FileName + "-wal"),
                log[..((log.Length * part / 8) - (part == 8 ? 0 : 7))]);
            await using var recovered = await Night.OpenAsync(new SqliteDatabase(copy));
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
    public async Task Open_DirectoryInUse_TheDirectoryIsNamed()
    {
        await using var night = await Night.OpenAsync(new SqliteDatabase());

        var refusal = Assert.Throws<CommerceStoreException>(() => SqliteCommerceStore.Open(night.Database.Name));

        Assert.Contains(night.Database.Name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_RefusedAndTheDirectoryIsFreeAgain()
    {
        var database = new SqliteDatabase();
        await File.WriteAllTextAsync(database.File, new string('x', 10_000));
        Assert.Throws<CommerceStoreException>(() => SqliteCommerceStore.Open(database.Directory));
        File.Delete(database.File);

        await using var night = await Night.OpenAsync(database);

        await night.OpenRoomsAsync();
    }

    private protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(new SqliteDatabase());
}
