namespace MediaRelay.LoadGenerator.Reports;

/// <summary>What the hosts did in the whole run.</summary>
/// <param name="Lateness">How much later than due pictures were made; more than a few milliseconds is the generator's fault.</param>
internal sealed record HostReport(
    int Hosts,
    long Pictures,
    long KeyFrames,
    long Packets,
    long Nacked,
    long Resent,
    long KeyFrameRequests,
    long LostOnPurpose,
    long SkippedPictures,
    Percentiles Lateness);
