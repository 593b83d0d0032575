using MediaRelay.Commerce.Replay;
using MediaRelay.Commerce.State;
using MediaRelay.Server.Options;
using MediaRelay.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>
/// The server's executable as a tool: makes ledgers, boards, facts, statements and the layout timeline anew from the event log
/// alone and compares them with what the database has. The database must not be in use; a copy will do.
/// </summary>
internal static class ReplayTool
{
    public const string Verb = "replay";

    private const string DataArgument = "--data";

    /// <summary>Exit code: 0 everything is equal, 1 something is not, 2 it could not be replayed.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // --data DIR is short for the setting; all other settings are taken as the server takes them.
        var settings = args[1..].Select(arg => arg == DataArgument ? $"--{DataOptions.Section}:{nameof(DataOptions.Directory)}" : arg);
        var builder = WebApplication.CreateBuilder(ServerDefaults.For([.. settings]));
        builder.Services.AddMediaRelayOptions();
        await using var app = builder.Build();
        try
        {
            return await ReplayAsync(app.Services.GetRequiredService<IOptions<DataOptions>>().Value);
        }
        catch (OptionsValidationException problems)
        {
            foreach (var problem in problems.Failures)
            {
                await Console.Error.WriteLineAsync(problem);
            }
        }
        catch (CommerceStoreException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
        }

        return 2;
    }

    private static async Task<int> ReplayAsync(DataOptions data)
    {
        // Opening makes a database where there is none, and an empty one replays well.
        var file = Path.GetFullPath(Path.Combine(data.Directory, SqliteCommerceStore.FileName));
        if (string.IsNullOrWhiteSpace(data.ConnectionString) && !File.Exists(file))
        {
            throw new CommerceStoreException($"There is no database '{file}'.");
        }

        await using var store = await CommerceHost.OpenStoreAsync(data);
        var report = await NightReplay.RunAsync(store);
        foreach (var comparison in report.Comparisons)
        {
            Console.WriteLine(comparison.IsEqual
                ? $"equal   {comparison.Replayed}  {comparison.Subject}"
                : $"DIFFERS {comparison.Replayed}  {comparison.Subject}; stored: {comparison.Stored}");
        }

        Console.WriteLine($"{report.OrderEvents} order events and {report.Changes} other changes replayed");
        return report.IsEqual ? 0 : 1;
    }
}
