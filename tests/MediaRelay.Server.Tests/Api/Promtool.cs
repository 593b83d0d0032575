using System.ComponentModel;
using System.Diagnostics;

namespace MediaRelay.Server.Tests.Api;

/// <summary>Runs Prometheus' own checker.</summary>
internal static class Promtool
{
    /// <summary>Fails unless <c>promtool check metrics</c> finds nothing.</summary>
    public static async Task CheckMetricsAsync(string text)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Start(start);
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 && output.Length == 0, output);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("promtool is not installed: run tools/setup, or install the package prometheus.", missing);
        }
    }
}
