using MediaRelay.Commerce.State;
using MediaRelay.Server.Options;
using MediaRelay.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>
/// The server's executable as a tool: copies the embedded database of <c>MediaRelay:Data:Directory</c> into the empty one of
/// <c>MediaRelay:Data:ConnectionString</c>, with the settings that the server itself would have.
/// </summary>
internal static class MoveToPostgres
{
    public const string Verb = "move-to-postgres";

    /// <summary>Exit code: 0 when all is copied, 1 when nothing is, with the reason on standard error.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(ServerDefaults.For(args[1..]));
        builder.Services.AddMediaRelayOptions();
        await using var app = builder.Build();
        try
        {
            var data = app.Services.GetRequiredService<IOptions<DataOptions>>().Value;
            if (!PostgresSettings.TryRead(data.ConnectionString ?? "", out var settings, out _))
            {
                throw new CommerceStoreException(
                    $"{DataOptions.Section}:{nameof(DataOptions.ConnectionString)} is empty; allowed: the database to be filled.");
            }

            foreach (var (table, rows) in await PostgresMove.RunAsync(data.Directory, settings))
            {
                Console.WriteLine($"{table,-20} {rows,12} rows");
            }

            return 0;
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

        return 1;
    }
}
