using System.Text.Json;
using System.Text.Json.Serialization;

namespace MediaRelay.LoadGenerator.Reports;

/// <summary>All of a run. The names of its JSON are kept: scripts read them.</summary>
internal sealed record LoadReport(
    DateTimeOffset StartedAt,
    string Machine,
    int Cores,
    int Rooms,
    int BitRate,
    int FrameRate,
    LoadSection Load,
    JoinReport Joins,
    JoinReport? Storm,
    MediaReport Media,
    HostReport Hosts,
    OverlayReport Overlays,
    LikeReport? Likes,
    OrderReport? Orders,
    CoHostReport? CoHosts,
    ChurnReport? Churn,
    TurnstileReport? Turnstile,
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
