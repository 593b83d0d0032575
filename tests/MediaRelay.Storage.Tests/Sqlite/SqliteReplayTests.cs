using MediaRelay.Commerce.State;
using MediaRelay.Storage.Tests.Nights;

namespace MediaRelay.Storage.Tests.Sqlite;

public sealed class SqliteReplayTests : ReplayTests
{
    [Fact]
    public async Task Replay_LogWithoutItsBeginning_RefusedAndSaysWhy()
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await night.PlayAsync();
        night.Database.Execute("DROP TRIGGER event_log_no_delete");
        night.Database.Execute("DELETE FROM event_log");

        var refusal = await Assert.ThrowsAsync<CommerceStoreException>(() => ReplayAsync(night));

        Assert.Contains("Order event 1 ", refusal.Message, StringComparison.Ordinal);
    }

    private protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(new SqliteDatabase());
}
