using System.Text.Json;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>A viewer's page.</summary>
internal sealed class WatchPage(IPage page, string viewerId) : BrowserPage(page)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public override string Name => viewerId;

    public string ViewerId => viewerId;

    public Picture Picture { get; } = new(page, "feed", "window.mediarelay.video");

    /// <summary>Returns when the viewer sees frames and its overlay channel has begun.</summary>
    public async Task BeginAsync()
    {
        await Picture.BeginAsync();
        await Wait.UntilAsync("the snapshot has come", Longest, () => Page.EvaluateAsync<bool>("() => window.mediarelay.snapshot !== undefined"));
    }

    /// <summary>Sends an overlay message as the page's buttons do.</summary>
    public Task SendAsync(string type, object body) =>
        Page.EvaluateAsync("([type, body]) => window.mediarelay.send(type, body)", new[] { type, body });

    /// <summary>Messages of a type that have come, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadMessagesAsync(string? type = null)
    {
        var messages = await Page.EvaluateAsync<string>(
            "type => JSON.stringify(window.mediarelay.messages.filter((message) => type === null || message.type === type))", type);
        return [.. JsonDocument.Parse(messages).RootElement.EnumerateArray()];
    }

    /// <summary>Returns the first message of a type for which <paramref name="condition"/> holds.</summary>
    public async Task<JsonElement> UntilMessageAsync(string type, Func<JsonElement, bool> condition)
    {
        var messages = await Wait.UntilAsync(
            $"a {type} message", Longest, () => ReadMessagesAsync(type), messages => messages.Any(condition));
        return messages.First(condition);
    }

    /// <summary>Mime type of the video that is being decoded, as <c>video/H264</c>.</summary>
    public Task<string> ReadVideoCodecAsync() => Page.EvaluateAsync<string>(
        """
        async () => {
          const stats = [...(await window.mediarelay.pc.getStats()).values()];
          const video = stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
          return stats.find((entry) => entry.id === video?.codecId)?.mimeType ?? "none";
        }
        """);

    /// <summary>What has come to the page's connection so far.</summary>
    public Task<InboundStatistics> ReadStatisticsAsync() => InboundStatistics.ReadAsync(Page);

    /// <summary>From the POST of the offer to the first frame on the screen, in ms.</summary>
    public Task<double> ReadFirstFrameTimeAsync() => Page.EvaluateAsync<double>(
        "() => window.mediarelay.stats.firstFrameAt - window.mediarelayProbe.posts.find((post) => post.url.startsWith('/whep/')).at");
}
