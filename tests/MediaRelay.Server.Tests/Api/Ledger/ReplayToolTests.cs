using System.Diagnostics;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using Microsoft.Data.Sqlite;

namespace MediaRelay.Server.Tests.Api.Ledger;

public sealed class ReplayToolTests : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("mediarelay-replay-").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Fact]
    public async Task Replay_CopyOfARunningServersDatabase_EqualUntilItIsChanged()
    {
        using (var night = await SoldNight.OpenAsync())
        {
            Execute(Path.Combine(night.Server.DataDirectory, "commerce.db"), $"VACUUM INTO '{Path.Combine(_copy, "commerce.db")}'");
        }

        var (exitCode, output) = await RunAsync("--data", _copy);
        Assert.True(exitCode == 0, output);
        Assert.Contains("37 order events", output, StringComparison.Ordinal);
        Assert.Contains("ledger acme", output, StringComparison.Ordinal);

        Execute(Path.Combine(_copy, "commerce.db"), "DROP TRIGGER ledger_no_update; UPDATE ledger SET amount_minor = 1 WHERE seq = 5");
        (exitCode, output) = await RunAsync("--data", _copy);
        Assert.True(exitCode == 1, output);
        Assert.Contains("DIFFERS", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_NoDatabase_SaysSoAndMakesNone()
    {
        var (exitCode, output) = await RunAsync("--data", _copy);

        Assert.Equal(2, exitCode);
        Assert.Contains("There is no database", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_copy));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(TestPaths.ServerOutput, "MediaRelay.Server"), ["replay", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
