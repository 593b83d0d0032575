namespace MediaRelay.LoadGenerator.Reports;

/// <summary>What the viewers got in the measured window.</summary>
/// <param name="Viewers">Connected at the window's end.</param>
/// <param name="MeanViewers">Connected over the window, in the mean.</param>
/// <param name="Missing">Packets that never came.</param>
/// <param name="Loss">Missing packets over packets that should have come, 0–1; repaired ones are not missing.</param>
/// <param name="Repaired">Missing packets that came after all.</param>
/// <param name="LostOnPurpose">Datagrams that viewers threw away because they were told to.</param>
/// <param name="Latency">From a picture's making to its last packet, and all before it, being at the viewer; one clock.</param>
/// <param name="SentLatency">As before, from the host's sending of the picture's last packet: without what its pacing adds.</param>
internal sealed record MediaReport(
    double Seconds,
    int Viewers,
    double MeanViewers,
    long Packets,
    double PacketsPerSecond,
    double MegabitsPerSecond,
    long Missing,
    double Loss,
    long Repaired,
    long LostOnPurpose,
    long NacksSent,
    long PlisSent,
    long Pictures,
    long BrokenPictures,
    double PicturesPerViewerAndSecond,
    Percentiles Latency,
    Percentiles SentLatency);
