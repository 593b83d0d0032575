namespace MediaRelay.LoadGenerator.Reports;

/// <summary>What the load was.</summary>
/// <param name="RoomSizes">Viewers of each room, the largest first.</param>
/// <param name="LossPercent">Of what comes to viewers, on purpose.</param>
/// <param name="UplinkLossPercent">Of what hosts send, on purpose.</param>
internal sealed record LoadSection(
    string? Preset,
    double? Scale,
    string Target,
    int Seed,
    int Viewers,
    string Sizes,
    IReadOnlyList<int> RoomSizes,
    double JoinsPerSecond,
    string? Storm,
    double StaySeconds,
    string Hosts,
    string Codec,
    string Pacing,
    bool Simulcast,
    double KeyFrameSeconds,
    bool Video,
    bool Audio,
    bool Data,
    double LossPercent,
    double UplinkLossPercent,
    double LikesPerViewerAndSecond,
    double OrdersPerSecond,
    string? Flash,
    double OverlaysPerSecond,
    double Flood,
    int Links,
    int Churn,
    double ChurnStaySeconds,
    bool TransportCc);
