using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Playwright;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>What a browser's <c>getStats()</c> says of the sound and picture that come in, since the connection began.</summary>
/// <param name="FramesDecoded">Pictures that were decoded.</param>
/// <param name="FramesDropped">Pictures that were received and not shown.</param>
/// <param name="FreezeCount">Pauses between shown pictures that the browser counts as freezes: 150 ms or twice the mean above the mean.</param>
/// <param name="TotalFreezesDuration">Their sum, s.</param>
/// <param name="PacketsReceived">Packets of the picture, resent ones that came by RTX included.</param>
/// <param name="PacketsLost">Packets missing on the picture's own SSRC (RFC 3550 §6.4.1), so those that came by RTX as well.</param>
/// <param name="RetransmittedPacketsReceived">Packets that came by RTX.</param>
/// <param name="NackCount">Feedback messages that asked for packets.</param>
/// <param name="PliCount">Requests for a key frame.</param>
/// <param name="KeyFramesDecoded">Key frames among the decoded.</param>
/// <param name="FrameWidth">Of the last decoded picture, pixels.</param>
/// <param name="FrameHeight">Of the last decoded picture, pixels.</param>
/// <param name="JitterBufferDelay">Sum over all emitted pictures of the time that each spent in the jitter buffer, s.</param>
/// <param name="JitterBufferEmittedCount">Pictures that have left the jitter buffer.</param>
/// <param name="BytesReceived">Payload bytes of the picture.</param>
/// <param name="ConcealedSamples">Samples of sound that were made up because theirs had not come.</param>
/// <param name="TotalSamplesReceived">Samples of sound, made up ones included.</param>
internal sealed record InboundStatistics(
    [property: JsonPropertyName("framesDecoded")] long FramesDecoded,
    [property: JsonPropertyName("framesDropped")] long FramesDropped,
    [property: JsonPropertyName("freezeCount")] long FreezeCount,
    [property: JsonPropertyName("totalFreezesDuration")] double TotalFreezesDuration,
    [property: JsonPropertyName("packetsReceived")] long PacketsReceived,
    [property: JsonPropertyName("packetsLost")] long PacketsLost,
    [property: JsonPropertyName("retransmittedPacketsReceived")] long RetransmittedPacketsReceived,
    [property: JsonPropertyName("nackCount")] long NackCount,
    [property: JsonPropertyName("pliCount")] long PliCount,
    [property: JsonPropertyName("keyFramesDecoded")] long KeyFramesDecoded,
    [property: JsonPropertyName("frameWidth")] int FrameWidth,
    [property: JsonPropertyName("frameHeight")] int FrameHeight,
    [property: JsonPropertyName("jitterBufferDelay")] double JitterBufferDelay,
    [property: JsonPropertyName("jitterBufferEmittedCount")] long JitterBufferEmittedCount,
    [property: JsonPropertyName("bytesReceived")] long BytesReceived,
    [property: JsonPropertyName("concealedSamples")] long ConcealedSamples,
    [property: JsonPropertyName("totalSamplesReceived")] long TotalSamplesReceived)
{
    private const string Script =
        """
        async () => {
          const stats = [...(await window.mediarelayProbe.connections.at(-1).getStats()).values()];
          const inbound = (kind) => stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind) ?? {};
          const sound = inbound("audio");
          return { ...inbound("video"), concealedSamples: sound.concealedSamples, totalSamplesReceived: sound.totalSamplesReceived };
        }
        """;

    /// <summary>Reads the page's latest connection; what the browser does not tell (yet) is 0.</summary>
    public static async Task<InboundStatistics> ReadAsync(IPage page) =>
        (await page.EvaluateAsync<JsonElement>(Script)).Deserialize<InboundStatistics>()!;

    /// <summary>What has come since <paramref name="before"/>; the size of the picture is the present one.</summary>
    public InboundStatistics Since(InboundStatistics before) => this with
    {
        FramesDecoded = FramesDecoded - before.FramesDecoded,
        FramesDropped = FramesDropped - before.FramesDropped,
        FreezeCount = FreezeCount - before.FreezeCount,
        TotalFreezesDuration = TotalFreezesDuration - before.TotalFreezesDuration,
        PacketsReceived = PacketsReceived - before.PacketsReceived,
        PacketsLost = PacketsLost - before.PacketsLost,
        RetransmittedPacketsReceived = RetransmittedPacketsReceived - before.RetransmittedPacketsReceived,
        NackCount = NackCount - before.NackCount,
        PliCount = PliCount - before.PliCount,
        KeyFramesDecoded = KeyFramesDecoded - before.KeyFramesDecoded,
        JitterBufferDelay = JitterBufferDelay - before.JitterBufferDelay,
        JitterBufferEmittedCount = JitterBufferEmittedCount - before.JitterBufferEmittedCount,
        BytesReceived = BytesReceived - before.BytesReceived,
        ConcealedSamples = ConcealedSamples - before.ConcealedSamples,
        TotalSamplesReceived = TotalSamplesReceived - before.TotalSamplesReceived,
    };

    /// <summary>Mean time of a picture in the jitter buffer, ms.</summary>
    [JsonIgnore]
    public double MeanJitterBufferDelayMs => JitterBufferEmittedCount == 0 ? 0 : JitterBufferDelay * 1000 / JitterBufferEmittedCount;

    /// <summary>Share of the sound that was made up, 0–1.</summary>
    [JsonIgnore]
    public double ConcealedShare => TotalSamplesReceived == 0 ? 0 : (double)ConcealedSamples / TotalSamplesReceived;
}
