using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>A host's page with the built-in test picture.</summary>
internal sealed class StudioPage(IPage page) : BrowserPage(page)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public override string Name => "studio";

    /// <summary>What comes back to the host while a co-host session is on.</summary>
    public Picture Return => new(Page, "return", "window.mediarelay.returnVideo");

    public Task UntilLiveAsync() => Wait.UntilAsync(
        "the host is live", Longest, () => Page.EvaluateAsync<string>("() => window.mediarelay?.state ?? 'none'"), state => state == "live");

    /// <summary>Starts or ends the broadcast, as the host does it.</summary>
    public Task PressToggleAsync() => Page.ClickAsync("button.toggle");

    /// <summary>The offer that the page published with.</summary>
    public Task<string> ReadOfferAsync() => Page.EvaluateAsync<string>("() => window.mediarelay.pc.localDescription.sdp");
}
