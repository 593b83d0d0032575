using System.Text.Json;
using System.Text.Json.Serialization;

namespace MediaRelay.LoadGenerator;

/// <summary>How the joins went; times are from sending the POST.</summary>
internal sealed record JoinReport(
    long Attempted,
    long Joined,
    long Connected,
    long Failed,
    IReadOnlyDictionary<string, int> Failures,
    Percentiles Answered,
    Percentiles ConnectedAfter,
    Percentiles FirstPacket,
    Percentiles FirstKeyFrame);

/// <summary>What the viewers got in the measured window.</summary>
/// <param name="Loss">Missing packets over packets that should have come, 0–1; repaired ones are not missing.</param>
/// <param name="Latency">From a picture's making to its last packet, and all before it, being at the viewer; one clock.</param>
internal sealed record MediaReport(
    double Seconds,
    int Viewers,
    long Packets,
    double PacketsPerSecond,
    double MegabitsPerSecond,
    long Missing,
    double Loss,
    long Repaired,
    long NacksSent,
    long PlisSent,
    long Pictures,
    long BrokenPictures,
    double PicturesPerViewerAndSecond,
    Percentiles Latency);

/// <summary>Overlay channels; counted over the whole run.</summary>
internal sealed record OverlayReport(int Opened, long Messages, long Bytes);

/// <summary>The server's process.</summary>
/// <param name="RssBeforeBytes">Before the first viewer joined.</param>
/// <param name="BytesPerViewer">Growth of the resident memory up to the window's end, per viewer then connected.</param>
internal sealed record ServerReport(
    double CpuSeconds, double CpuCores, double PacketsPerCpuSecond, long RssBeforeBytes, long RssAfterBytes, double BytesPerViewer);

/// <summary>What the measuring itself cost and lost; with own losses the figures above are not the server's.</summary>
internal sealed record GeneratorReport(
    double CpuSeconds, double CpuCores, long QueueDrops, long SendErrors, long SkippedPictures, long Faults, string Inspection, double TurnMs, bool Gro);

internal sealed record LoadReport(
    DateTimeOffset StartedAt,
    string Machine,
    int Cores,
    int Rooms,
    int BitRate,
    int FrameRate,
    JoinReport Joins,
    MediaReport Media,
    OverlayReport Overlays,
    ServerReport? Server,
    GeneratorReport Generator)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, this, Json, cancellationToken);
    }
}
