using Microsoft.Extensions.Options;

namespace MediaRelay.Server.Hosting;

/// <summary>Runs the server, or says on standard error, a line each, why it cannot start.</summary>
internal static class ServerStart
{
    private const int Refused = 1;

    /// <summary>
    /// Says what is wrong with the settings, and that the process should end with <paramref name="exitCode"/>. To be asked before
    /// anything else is made: what reads a setting in its constructor would fail with the first one.
    /// </summary>
    public static bool IsRefused(this WebApplication app, out int exitCode)
    {
        var problems = FindSettingsProblems(app.Services);
        exitCode = problems.Count > 0 ? Refuse(problems) : 0;
        return problems.Count > 0;
    }

    /// <summary>Exit code: 0 after a regular end, 1 when the start was refused.</summary>
    public static async Task<int> RunOrRefuseAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                await app.StartAsync();
                app.Services.GetRequiredService<StartLog>().End();
            }
            catch (StartRefusedException refused)
            {
                return Refuse([refused.Message]);
            }
            catch (IOException inUse) when (inUse.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                return Refuse([$"urls: {inUse.Message}"]);
            }

            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    internal static IReadOnlyList<string> FindSettingsProblems(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException one)
        {
            return [.. one.Failures];
        }
        catch (AggregateException several) when (several.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            return [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures)];
        }
    }

    private static int Refuse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.Error.WriteLine(line);
        }

        return Refused;
    }
}
