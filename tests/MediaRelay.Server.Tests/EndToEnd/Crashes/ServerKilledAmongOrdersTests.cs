using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using MediaRelay.Testing.Postgres;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd.Crashes;

[Collection(EndToEndCollection.Name)]
public sealed class ServerKilledAmongOrdersTests(ITestOutputHelper output)
{
    [Fact]
    public Task Sqlite_ServerKilledThreeTimes_NothingAcknowledgedIsLost() => RunAsync("SQLite", 3, []);

    [Fact]
    [Trait("Category", "Long")]
    public Task Sqlite_ServerKilledFiftyTimes_NothingAcknowledgedIsLost() => RunAsync("SQLite", 50, []);

    [Fact]
    public Task Postgres_ServerKilledTwice_NothingAcknowledgedIsLost() => RunOnPostgresAsync(2);

    [Fact]
    [Trait("Category", "Long")]
    public Task Postgres_ServerKilledTenTimes_NothingAcknowledgedIsLost() => RunOnPostgresAsync(10);

    [Fact]
    public async Task Postgres_DatabaseKilledAmongOrders_UnavailableUntilItIsBackAndNothingAcknowledgedIsLost()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var directory = Directory.CreateTempSubdirectory("mediarelay-e2e-crash-").FullName;
        try
        {
            var night = new CrashNight();
            await using var server = await ServerProcess.StartAsync(directory, await SettingsAsync(postgres));
            await night.OpenAsync(server);
            await night.ReportUntilStruckAsync(server, 500, postgres.KillAsync);

            await server.Platform.PutAsync("/v1/merchants/late", new { name = "Late" }, 503);
            using (var ready = await server.Platform.SendAsync("GET", "/health/ready"))
            {
                Assert.Equal(503, (int)ready.StatusCode);
            }

            await postgres.StartAgainAsync();
            var clock = Stopwatch.StartNew();

            // By itself: a node that is not ready gets no calls that would wake it.
            await Wait.UntilAsync("the server is ready again", TimeSpan.FromSeconds(60), async () =>
            {
                using var ready = await server.Platform.SendAsync("GET", "/health/ready");
                return ready.IsSuccessStatusCode;
            });
            Figures.Print(output, "PostgreSQL killed and back, to ready", clock.Elapsed.TotalSeconds, "s");
            await night.CheckAsync(server);
            await night.CheckLedgersAsync(server);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task RunOnPostgresAsync(int rounds)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync("PostgreSQL", rounds, await SettingsAsync(postgres));
    }

    private static async Task<string[]> SettingsAsync(PostgresServer postgres) =>
        ["--MediaRelay:Data:ConnectionString", postgres.ConnectionString(await postgres.CreateDatabaseAsync())];

    private async Task RunAsync(string database, int rounds, string[] settings)
    {
        // Printed, so that a round that failed can be run again: after how many answers each kill came.
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var directory = Directory.CreateTempSubdirectory("mediarelay-e2e-crash-").FullName;
        try
        {
            var night = new CrashNight();
            var server = await ServerProcess.StartAsync(directory, settings);
            var restarts = new List<double>();
            var rates = new List<double>();
            try
            {
                await night.OpenAsync(server);
                for (var round = 0; round < rounds; round++)
                {
                    rates.Add(await night.ReportUntilStruckAsync(server, random.Next(1, 1500), server.KillAsync));
                    await server.DisposeAsync();

                    var clock = Stopwatch.StartNew();
                    server = await ServerProcess.StartAsync(directory, settings);
                    restarts.Add(clock.Elapsed.TotalSeconds);
                    await night.CheckAsync(server);
                }

                await night.CheckLedgersAsync(server);
            }
            finally
            {
                await server.DisposeAsync();
            }

            Figures.Print(
                output, $"server killed {rounds} times on {database}",
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{night.Acknowledged} events acknowledged, 0 lost; {rates.Average():0} events/s; ready again after p50 {Figures.Percentile(restarts, 50):0.0} s, max {restarts.Max():0.0} s"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
