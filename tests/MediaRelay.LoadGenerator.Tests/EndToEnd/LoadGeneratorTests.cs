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
            Assert.False(report.RootElement.TryGetProperty("turnstile", out _));
            Check(report.RootElement, said);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Program_RoomsThatComeAndGo_AllOpenAndCloseAndNothingStays()
    {
        using var report = await ReportAsync(
            "--viewers", "2", "--simulcast", "--bitrate", "300000", "--transport-cc", "--churn", "12", "--churn-stay", "0.2",
            "--duration", "3");
        var churn = report.RootElement.GetProperty("churn");
        Assert.Equal((12, 12, 12, 0), (Number(churn, "wanted"), Number(churn, "opened"), Number(churn, "closed"), Number(churn, "failed")));
        Assert.Equal(12, Number(churn.GetProperty("opening"), "count"));
        Assert.False(churn.GetProperty("failures").EnumerateObject().Any());

        // The viewers did send feedback: the server counts it beside their few reports.
        var counters = report.RootElement.GetProperty("server").GetProperty("counters");
        Assert.True(counters.GetProperty("mediarelay_rtcp_packets_received_total").GetDouble() > 2 * 3 * 5);
        Assert.Equal(OperatingSystem.IsLinux(), Number(report.RootElement.GetProperty("generator"), "segmentedDatagrams") > 0);
    }

    [Fact]
    public async Task Program_Turnstile_AllVisitorsAreServedAndMemoryIsNotedAtTenPoints()
    {
        using var report = await ReportAsync("--preset", "turnstile", "--visits", "30", "--visit-lanes", "6", "--rooms", "2", "--viewers", "2", "--no-gso");
        var turnstile = report.RootElement.GetProperty("turnstile");
        var joins = turnstile.GetProperty("joins");
        Assert.Equal((30, 30, 0), (Number(turnstile, "done"), Number(joins, "connected"), Number(joins, "failed")));
        Assert.Equal((30, 30), (Number(joins.GetProperty("firstKeyFrame"), "count"), Number(joins.GetProperty("firstPacket"), "count")));
        Assert.False(joins.GetProperty("failures").EnumerateObject().Any());
        var points = turnstile.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal([3, 6, 9, 12, 15, 18, 21, 24, 27, 30], points.Select(point => point.GetProperty("visits").GetInt32()));
        Assert.All(points, point => Assert.Equal(OperatingSystem.IsLinux(), point.TryGetProperty("rssBytes", out _)));
        Assert.Equal(0, Number(report.RootElement.GetProperty("generator"), "segmentedDatagrams"));
    }

    [Fact]
    public async Task Program_BadOption_EndsAtOnceWithAnotherCodeAndSaysWhy()
    {
        var (exitCode, said) = await RunAsync("--viewers", "-1");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("--viewers is -1; it must be 0 to 20000.", said, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> ReportAsync(params string[] arguments)
    {
        await using var server = await RunningServer.StartAsync();
        var directory = Directory.CreateTempSubdirectory("mediarelay-report-");
        try
        {
            var file = Path.Combine(directory.FullName, "report.json");
            var (exitCode, said) = await RunAsync(
            [
                .. arguments, "--url", server.Address.ToString(), "--server-pid", server.Id.ToString(CultureInfo.InvariantCulture), "--json", file,
            ]);
            Assert.True(exitCode == 0, said);
            Assert.DoesNotContain("was not deleted", said, StringComparison.Ordinal);
            return JsonDocument.Parse(await File.ReadAllTextAsync(file));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
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
