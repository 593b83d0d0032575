using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MediaRelay.Server.Tests.EndToEnd.Processes;

namespace MediaRelay.Server.Tests.Api.Ledger;

/// <summary>Runs <c>tools/verify-ledger</c> as a merchant would.</summary>
internal static partial class VerifyLedgerTool
{
    /// <summary>Exit code, the first bad entry if it names one, and what it said.</summary>
    public static async Task<(int ExitCode, long? FirstBad, string Output)> RunAsync(
        IEnumerable<string> lines, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(TestPaths.Tools, "verify-ledger"))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments.Append("-"))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            foreach (var line in lines)
            {
                await process.StandardInput.WriteLineAsync(line);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ends at the first bad line and does not read the rest.
        }

        await process.WaitForExitAsync();
        var said = await output + await error;
        var match = FirstBadEntry().Match(said);
        long? firstBad = match.Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
        return (process.ExitCode, firstBad, said);
    }

    [GeneratedRegex("First bad entry ([0-9]+):")]
    private static partial Regex FirstBadEntry();
}
