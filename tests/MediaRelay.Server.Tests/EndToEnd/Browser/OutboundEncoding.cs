using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>What a browser's <c>getStats()</c> says of one encoding of the picture that it sends.</summary>
/// <param name="Rid">Name of the encoding (RFC 8852); empty when there is only one.</param>
/// <param name="FramesSent">Frames sent so far.</param>
/// <param name="FrameHeight">Of the last frame, pixels; 0 before there is one.</param>
/// <param name="FramesPerSecond">Of the last second.</param>
/// <param name="TargetBitrate">What the encoder aims at, bit/s.</param>
/// <param name="LimitedBy">What keeps it from full quality: <c>none</c>, <c>cpu</c>, <c>bandwidth</c> or <c>other</c>.</param>
internal sealed record OutboundEncoding(
    [property: JsonPropertyName("rid")] string Rid,
    [property: JsonPropertyName("framesSent")] long FramesSent,
    [property: JsonPropertyName("frameHeight")] int FrameHeight,
    [property: JsonPropertyName("framesPerSecond")] double FramesPerSecond,
    [property: JsonPropertyName("targetBitrate")] double TargetBitrate,
    [property: JsonPropertyName("qualityLimitationReason")] string LimitedBy)
{
    private const string Script =
        """
        async () => [...(await window.mediarelayProbe.connections.at(-1).getStats()).values()]
          .filter((entry) => entry.type === "outbound-rtp" && entry.kind === "video")
          .map(({ rid, framesSent, frameHeight, framesPerSecond, targetBitrate, qualityLimitationReason }) => ({
            rid: rid ?? "",
            framesSent: framesSent ?? 0,
            frameHeight: frameHeight ?? 0,
            framesPerSecond: framesPerSecond ?? 0,
            targetBitrate: targetBitrate ?? 0,
            qualityLimitationReason: qualityLimitationReason ?? "none",
          }))
        """;

    /// <summary>Reads the page's latest connection.</summary>
    public static async Task<IReadOnlyList<OutboundEncoding>> ReadAsync(IPage page) =>
        (await page.EvaluateAsync<JsonElement>(Script)).Deserialize<OutboundEncoding[]>()!;
}
