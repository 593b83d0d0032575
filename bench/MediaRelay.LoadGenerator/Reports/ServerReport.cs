namespace MediaRelay.LoadGenerator.Reports;

/// <summary>The server's process; CPU and memory are null without its id, what follows them without its metrics.</summary>
/// <param name="PacketsPerCpuSecond">RTP packets that reached viewers over the CPU time.</param>
/// <param name="RssBeforeBytes">Before the first viewer joined.</param>
/// <param name="BytesPerViewer">Growth of the resident memory up to the window's end, per viewer then connected.</param>
/// <param name="AllocatedBytesPerPacket">Managed bytes allocated in the window over packets, without what reading the metrics allocates.</param>
/// <param name="Counters">What the server's own counters grew by in the window.</param>
/// <param name="Times">The server's own histograms of times in the window.</param>
internal sealed record ServerReport(
    double? CpuSeconds,
    double? CpuCores,
    double? PacketsPerCpuSecond,
    long? RssBeforeBytes,
    long? RssAfterBytes,
    double? BytesPerViewer,
    double? AllocatedBytes,
    double? AllocatedBytesPerPacket,
    double? GcPauseMs,
    IReadOnlyDictionary<string, double>? Counters,
    IReadOnlyDictionary<string, ServerTimes>? Times);
