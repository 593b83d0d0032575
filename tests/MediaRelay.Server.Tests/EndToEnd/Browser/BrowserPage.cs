using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>A page in a window of its own.</summary>
internal abstract class BrowserPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _console = new();

    protected BrowserPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => _console.Enqueue($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _console.Enqueue($"uncaught: {error}");
    }

    public IPage Page { get; }

    /// <summary>Names the page's evidence.</summary>
    public abstract string Name { get; }

    public async Task LeaveEvidenceAsync(string path)
    {
        await File.WriteAllLinesAsync(path + ".log", _console);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = path + ".png" });
    }

    /// <summary>Leaves as a user does, so that the page ends its sessions itself; then closes the window.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.GotoAsync("about:blank");
        await Page.Context.DisposeAsync();
    }
}
