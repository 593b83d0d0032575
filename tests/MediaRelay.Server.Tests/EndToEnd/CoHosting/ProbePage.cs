using System.Text.Json;
using MediaRelay.Protocols.Time;
using MediaRelay.Server.Auth;
using MediaRelay.Server.Tests.EndToEnd.Browser;
using MediaRelay.Testing.Probes.Sources;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>A browser's page with the probes' script: a host that draws codes, or a viewer that reads them.</summary>
internal sealed class ProbePage(IPage page, string name) : BrowserPage(page)
{
    public override string Name => name;

    public static string Script { get; } = ReadScript();

    /// <summary>Publishes a canvas that carries the codes of <paramref name="source"/> and its tones.</summary>
    public async Task PublishAsync(string roomId, ProbeSourceOptions source, NtpTime epoch)
    {
        var arguments = JsonSerializer.Serialize(new
        {
            endpoint = $"/whip/{roomId}",
            token = Tokens.Mint(AccessRole.Host, $"host-of-{roomId}", room: roomId),
            source = source.Source,
            epoch = epoch.ToUnixNanoseconds() / 1e6,
            width = source.Width,
            height = source.Height,
            tone = source.Tone,
            burst = source.Burst,
        });
        await Page.EvaluateAsync("text => window.probePage.publish(text)", arguments);
    }

    /// <summary>Reads every frame that the viewer's page shows from now on; places are grids of codes, as shares of the picture.</summary>
    public async Task WatchAsync(IEnumerable<double[]> places)
    {
        await Page.WaitForFunctionAsync("() => window.mediarelay?.video?.srcObject");
        await Page.EvaluateAsync("places => window.probePage.watch(window.mediarelay.video, JSON.parse(places))", JsonSerializer.Serialize(places));
    }

    public async Task<IReadOnlyList<PageFrame>> ReadFramesAsync() =>
        (await Page.EvaluateAsync<JsonElement>("() => window.probePage.frames")).Deserialize<PageFrame[]>()!;

    private static string ReadScript()
    {
        using var stream = typeof(ProbePage).Assembly.GetManifestResourceStream("probe-page.js")
            ?? throw new InvalidOperationException("probe-page.js is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
