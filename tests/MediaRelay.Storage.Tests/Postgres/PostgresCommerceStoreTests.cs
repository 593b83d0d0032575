using MediaRelay.Commerce;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.State;
using MediaRelay.Storage.Postgres;
using MediaRelay.Storage.Tests.Nights;
using Npgsql;
using static MediaRelay.Storage.Tests.Nights.Night;

namespace MediaRelay.Storage.Tests.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresCommerceStoreTests(PostgresCollection.Fixture fixture) : CommerceStoreTests
{
    [Fact]
    public async Task Open_DatabaseInUse_TheOneThatWritesIsNamed()
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());

        var refusal = await Assert.ThrowsAsync<CommerceStoreException>(night.Database.OpenStoreAsync);

        Assert.Contains(
            $"'MediaRelay {Environment.MachineName} {Environment.ProcessId}' from the same machine since ", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AfterTheWriterWasKilled_TheLockIsFree()
    {
        await using var database = await PostgresDatabase.CreateAsync(fixture.Server);
        await using var lost = await database.OpenStoreAsync();
        EndWriter(database);

        await using var next = await database.OpenStoreAsync();

        await next.CommitAsync([new MerchantChange(new Commerce.Rooms.Merchant(A, "A"))], () => { });
        await Assert.ThrowsAsync<CommerceStoreException>(
            () => lost.CommitAsync([new MerchantChange(new Commerce.Rooms.Merchant(A, "B"))], () => { }));
        var stillLost = await Assert.ThrowsAsync<CommerceStoreException>(
            () => lost.LoadAsync(Now, _ => { }, CancellationToken.None));
        Assert.Contains("in use by another instance", stillLost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ConnectionLost_UnavailableThenReadAnewAndGoesOn()
    {
        var database = await PostgresDatabase.CreateAsync(fixture.Server);
        await using var night = await Night.OpenAsync(database);
        await night.OpenRoomsAsync();
        await night.MustSubmitAsync(Order("o1", OrderKind.Paid, (1, ItemA, 100)));
        EndWriter(database);

        var failed = await night.Service.SubmitOrderAsync(Now, Order("o2", OrderKind.Paid, (1, ItemA, 100)));
        Assert.False(night.Service.IsHealthy);
        await night.MustSubmitAsync(Order("o2", OrderKind.Paid, (1, ItemA, 100)));

        Assert.Equal(ProblemKind.Unavailable, failed.Problem!.Kind);
        Assert.True(night.Service.IsHealthy);
        var verification = await MustAsync(night.Service.VerifyLedgerAsync(A));
        Assert.Equal((true, 2L), (verification.IsOk, verification.Entries));
    }

    [Fact]
    public async Task Submit_ServerKilledAmongOrders_EverythingAcknowledgedIsThereAndOrdersGoOn()
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await night.OpenRoomsAsync();
        var acknowledged = new List<string>();
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var submits = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var order = Order($"o{worker}-{i}", OrderKind.Paid, (1, ItemA, 100), (2, ItemB, 200));
                if (!(await night.Service.SubmitOrderAsync(Now, order)).IsSuccess)
                {
                    return;
                }

                lock (acknowledged)
                {
                    acknowledged.Add(order.OrderId.Value);
                    if (acknowledged.Count == 400)
                    {
                        half.SetResult();
                    }
                }
            }
        })).ToList();

        await half.Task;
        await fixture.Server.KillAsync();
        await Task.WhenAll(submits);
        var whileAway = await night.Service.SubmitOrderAsync(Now, Order("away", OrderKind.Paid, (1, ItemA, 1)));
        await fixture.Server.StartAgainAsync();
        await night.MustSubmitLaterAsync(Order("after", OrderKind.Paid, (1, ItemA, 1)));

        Assert.Equal(ProblemKind.Unavailable, whileAway.Problem!.Kind);
        foreach (var id in acknowledged)
        {
            var (worker, i) = (id[1..id.IndexOf('-', StringComparison.Ordinal)], id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..]);
            Assert.True((await night.MustSubmitAsync(
                Order($"o{worker}-{i}", OrderKind.Paid, (1, ItemA, 100), (2, ItemB, 200)))).IsRepeat);
        }

        foreach (var merchant in new[] { A, B })
        {
            Assert.True((await MustAsync(night.Service.VerifyLedgerAsync(merchant))).IsOk);
        }

        Assert.All(night.Service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));
    }

    [Fact]
    public async Task Write_LedgerTruncated_Refused()
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await night.PlayAsync();

        var refusal = Assert.Throws<PostgresException>(() => night.Database.Execute("TRUNCATE ledger"));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", "on")]
    [InlineData("local", "on")]
    [InlineData("remote_apply", "remote_apply")]
    public async Task Open_DatabaseCommitsWithoutFlush_TheSessionThatWritesDoesNot(string given, string used)
    {
        await using var database = await PostgresDatabase.CreateAsync(fixture.Server);
        database.Execute($"ALTER DATABASE {database.Name} SET synchronous_commit = {given}");

        using var session = PostgresSession.Open(PostgresDatabase.Settings(database.ConnectionString), null);

        using var command = new NpgsqlCommand("SHOW synchronous_commit", session.Connection);
        Assert.Equal(used, command.ExecuteScalar());
    }

    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    public async Task Open_ServerDoesNotFlush_RefusedWithTheSettingNamed(string setting)
    {
        await using var database = await PostgresDatabase.CreateAsync(fixture.Server);
        await SetAsync(database, setting, "off");
        try
        {
            var refusal = await Assert.ThrowsAsync<CommerceStoreException>(database.OpenStoreAsync);
            Assert.Contains($"{setting} is off; allowed: on", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await SetAsync(database, setting, "on");
        }
    }

    [Fact]
    public async Task Open_UserMayNotCreateTables_RefusedWithWhatIsNeeded()
    {
        await using var database = await PostgresDatabase.CreateAsync(fixture.Server);
        database.Execute("CREATE ROLE guest LOGIN");
        try
        {
            var refusal = await Assert.ThrowsAsync<CommerceStoreException>(() => PostgresCommerceStore.OpenAsync(
                PostgresDatabase.Settings(fixture.Server.ConnectionString(database.Name, "guest"))));
            Assert.Contains("permission denied for schema public", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("to create tables", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            database.Execute("DROP ROLE guest");
        }
    }

    [Theory]
    [InlineData("Database=nowhere", "database \"nowhere\" does not exist")]
    [InlineData("Username=nobody", "role \"nobody\" does not exist")]
    [InlineData("Host=127.0.0.1;Port=1", "127.0.0.1:1/")]
    public async Task Open_ServerRefusesOrIsAway_RefusedWithThePlaceAndWithoutThePassword(string change, string named)
    {
        await using var database = await PostgresDatabase.CreateAsync(fixture.Server);

        var refusal = await Assert.ThrowsAsync<CommerceStoreException>(
            () => PostgresCommerceStore.OpenAsync(PostgresDatabase.Settings($"{database.ConnectionString};Password=hush;{change}")));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private protected override async Task<ITestDatabase> CreateDatabaseAsync() => await PostgresDatabase.CreateAsync(fixture.Server);

    private static void EndWriter(PostgresDatabase database) => Assert.True(database.Query<bool>(
        """
        SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """));

    // The server takes a setting over in its own time; a connection that has it tells.
    private static async Task SetAsync(PostgresDatabase database, string setting, string value)
    {
        database.Execute($"ALTER SYSTEM SET {setting} = {value}");
        database.Execute("SELECT pg_reload_conf()");
        while (database.Query<string>($"SHOW {setting}") != value)
        {
            await Task.Yield();
        }
    }
}
