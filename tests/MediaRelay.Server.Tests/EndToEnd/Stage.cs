using System.Runtime.CompilerServices;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using MediaRelay.Server.Tests.EndToEnd.Processes;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace MediaRelay.Server.Tests.EndToEnd;

/// <summary>One running server and one browser for all scenarios; each scenario has rooms and pages of its own.</summary>
public sealed class Stage : IAsyncLifetime
{
    private readonly string _name;
    private readonly string[] _settings;
    private readonly Func<IPage, Task>? _preparePage;
    private readonly string _dataDirectory = Directory.CreateTempSubdirectory("mediarelay-e2e-").FullName;
    private ServerProcess? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private int _scenes;

    public Stage()
        : this("server", [], preparePage: null)
    {
    }

    /// <param name="name">Names the server's log.</param>
    /// <param name="settings">Further arguments of the server.</param>
    /// <param name="preparePage">Is called with every page before it is used.</param>
    internal Stage(string name, string[] settings, Func<IPage, Task>? preparePage)
    {
        _name = name;
        _settings = settings;
        _preparePage = preparePage;
    }

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_dataDirectory, _settings);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(ChromiumOptions.Create());
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
            Directory.CreateDirectory(TestPaths.Results);
            await File.WriteAllTextAsync(Path.Combine(TestPaths.Results, _name + ".log"), _server.Log);
        }

        Directory.Delete(_dataDirectory, recursive: true);
    }

    /// <summary>Plays a scenario on two merchants' rooms; a failure leaves screenshots and the server's log behind.</summary>
    internal async Task PlayAsync(
        ITestOutputHelper output,
        Func<Scene, Task> scenario,
        string? codecOfA = null,
        string? codecOfB = null,
        [CallerMemberName] string name = "")
    {
        var prefix = $"s{Interlocked.Increment(ref _scenes)}";
        await using var scene = new Scene(prefix, Server, _browser!, output, _preparePage);
        try
        {
            await scene.RegisterAsync(codecOfA, codecOfB);
            await scenario(scene);
        }
        catch
        {
            await scene.LeaveEvidenceAsync(Path.Combine(TestPaths.Results, name));
            throw;
        }
    }
}
