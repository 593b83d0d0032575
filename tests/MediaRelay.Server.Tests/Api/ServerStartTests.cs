using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MediaRelay.Server.Tests.Api;

/// <summary>The process itself: what it refuses to start with, and how it ends.</summary>
public sealed class ServerStartTests : IDisposable
{
    private static readonly string Server = Path.Combine(AppContext.BaseDirectory, "MediaRelay.Server.dll");

    private readonly string _directory = Directory.CreateTempSubdirectory("mediarelay-start-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_SeveralBadSettings_ArePrintedOneLineEach()
    {
        var (code, errors, _) = await RunToEndAsync("Production", "--MediaRelay:Media:Port=abc", "--MediaRelay:Drain:Deadline=soon");
        Assert.NotEqual(0, code);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("MediaRelay:Media:Port is abc; allowed: a whole number from 0 to 65535.", lines);
        Assert.Contains(lines, line => line.StartsWith("MediaRelay:Auth:Keys is empty; allowed: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("MediaRelay:Drain:Deadline is soon; allowed: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_DirectoryInUse_IsRefusedAndTheFirstGoesOn()
    {
        using var first = new ApiServer(("MediaRelay:Data:Directory", _directory));
        await first.Platform.GetAsync("/v1/rooms");
        var refused = await RunToEndAsync(
            "Development", "--urls=http://127.0.0.1:0", "--MediaRelay:Media:Port=0", $"--MediaRelay:Data:Directory={_directory}");
        AssertRefusedInOneLine(refused, "MediaRelay:Data:Directory: ");
        await first.Platform.PutAsync("/v1/merchants/acme", new { name = "Acme" }, 201);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=night;Username=relay;Password=hush", ": The server at 127.0.0.1:1/night as relay cannot be used: ")]
    [InlineData("Host=127.0.0.1;Prt=1;Database=night;Password=hush", " is set, but its keyword 'prt' is unknown; allowed: ")]
    public async Task Start_DatabaseServerAwayOrMisspelt_IsRefusedInOneLineWithoutThePassword(string connection, string says)
    {
        var refused = await RunToEndAsync(
            "Development", "--urls=http://127.0.0.1:0", "--MediaRelay:Media:Port=0", $"--MediaRelay:Data:ConnectionString={connection}");
        AssertRefusedInOneLine(refused, $"MediaRelay:Data:ConnectionString{says}");
        Assert.DoesNotContain("hush", refused.Errors + refused.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "MediaRelay:Data:ConnectionString is empty; allowed: ")]
    [InlineData("Host=db;Password=hush", "MediaRelay:Data:ConnectionString is set, but it names no Database; ")]
    [InlineData("Host=127.0.0.1;Port=1;Database=night", "There is no database '")]
    public async Task MoveToPostgres_SomethingMissing_SaysWhatInOneLine(string connection, string says) => AssertRefusedInOneLine(
        await RunToEndAsync(
            "Production", "move-to-postgres", $"--MediaRelay:Data:Directory={_directory}/none", $"--MediaRelay:Data:ConnectionString={connection}"),
        says);

    [Fact]
    public async Task Start_MediaPortInUse_IsRefusedInOneLine()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var refused = await RunToEndAsync(
            "Development", "--urls=http://127.0.0.1:0", $"--MediaRelay:Media:Port={port}", "--MediaRelay:Media:BindAddress=127.0.0.1");
        AssertRefusedInOneLine(refused, $"MediaRelay:Media:Port is {port}; ");
    }

    [Fact]
    public async Task Start_HttpPortInUse_IsRefusedInOneLine()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var refused = await RunToEndAsync("Development", $"--urls=http://127.0.0.1:{port}", "--MediaRelay:Media:Port=0");
        AssertRefusedInOneLine(refused, "urls: ");
    }

    [Fact]
    public async Task Sigterm_WithoutSessions_EndsWithCodeZero()
    {
        using var process = Start(
            "Development", ["--urls=http://127.0.0.1:0", "--MediaRelay:Media:Port=0", "--MediaRelay:Media:BindAddress=127.0.0.1"]);
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Now listening on", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("fail:", line, StringComparison.Ordinal);
        }

        var rest = process.StandardOutput.ReadToEndAsync();
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        await rest;
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
    }

    private static void AssertRefusedInOneLine((int Code, string Errors, string Output) run, string beginning)
    {
        Assert.NotEqual(0, run.Code);
        var line = Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(beginning, line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Errors, string Output)> RunToEndAsync(string environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors, await output);
    }

    private Process Start(string environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Server, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _directory,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        return Process.Start(start)!;
    }
}
