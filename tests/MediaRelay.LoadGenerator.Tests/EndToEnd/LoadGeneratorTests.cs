using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MediaRelay.LoadGenerator.Tests.EndToEnd;

/// <summary>The program as it is started from a shell, against the real server.</summary>
public sealed class LoadGeneratorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Program_AFewViewersOfTwoRooms_EndsWithAReportWithoutFailures()
    {
        await using var server = await RunningServer.StartAsync();
        var directory = Directory.CreateTempSubdirectory("mediarelay-report-");
        try
        {
            var file = Path.Combine(directory.FullName, "report.json");
            var (exitCode, said) = await RunAsync(
                "--url", server.Address.ToString(), "--rooms", "2", "--viewers", "6", "--sizes", "pareto", "--bitrate", "300000",
                "--data", "--likes", "5", "--orders", "20", "--order-batch", "5", "--storm", "4:1:1", "--duration", "2", "--ramp", "20",
                "--pacing", "paced", "--server-pid", server.Id.ToString(CultureInfo.InvariantCulture), "--json", file);
            Assert.True(exitCode == 0, said);

            using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            Check(report.RootElement, said);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Program_BadOption_EndsAtOnceWithAnotherCodeAndSaysWhy()
    {
        var (exitCode, said) = await RunAsync("--viewers", "-1");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("--viewers is -1; it must be 0 to 20000.", said, StringComparison.Ordinal);
    }

    private static void Check(JsonElement report, string said)
    {
        var joins = report.GetProperty("joins");
        Assert.Equal((6, 6, 0), (Number(joins, "attempted"), Number(joins, "connected"), Number(joins, "failed")));
        Assert.True(!joins.GetProperty("failures").EnumerateObject().Any(), said);
        Assert.Equal(6, Number(joins.GetProperty("firstKeyFrame"), "count"));
        Assert.Equal((4, 0), (Number(report.GetProperty("storm"), "connected"), Number(report.GetProperty("storm"), "failed")));

        var media = report.GetProperty("media");
        Assert.True(Number(media, "packets") > 100, said);
        Assert.True(Number(media.GetProperty("sentLatency"), "count") > 0, said);
        Assert.Equal(6, report.GetProperty("load").GetProperty("roomSizes").EnumerateArray().Sum(size => size.GetInt32()));

        var orders = report.GetProperty("orders");
        Assert.True(Number(orders, "accepted") > 0 && Number(orders, "failed") == 0, said);
        Assert.True(Number(report.GetProperty("overlays"), "purchases") > 0, said);
        Assert.Equal(0, Number(report.GetProperty("overlays"), "malformed"));
        var likes = report.GetProperty("likes");
        Assert.True(Number(likes, "sent") > 0 && Number(likes, "counted") > 0, said);

        var server = report.GetProperty("server");
        Assert.True(server.GetProperty("counters").GetProperty("mediarelay_packets_sent_total").GetDouble() > 0, said);
        Assert.True(server.TryGetProperty("allocatedBytesPerPacket", out _), said);
        Assert.Equal(OperatingSystem.IsLinux(), server.TryGetProperty("packetsPerCpuSecond", out _));
        Assert.Equal(0, Number(report.GetProperty("generator"), "faults"));
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "MediaRelay.LoadGenerator.dll");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The program did not end. It said:\n{await output}{await errors}");
        }

        return (process.ExitCode, await output + await errors);
    }
}
