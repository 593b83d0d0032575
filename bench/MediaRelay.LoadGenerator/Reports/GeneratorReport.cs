namespace MediaRelay.LoadGenerator.Reports;

/// <summary>What the measuring itself cost and lost.</summary>
/// <param name="BusiestLoop">The share of the window that the busiest thread of hosts or viewers worked, 0–1.</param>
/// <param name="QueueDrops">Datagrams that own receive queues lost in the whole run.</param>
/// <param name="Gso">Whether hosts' packets that leave together may leave as one message that the kernel cuts.</param>
/// <param name="SegmentedDatagrams">Those that did, in the whole run; none where the kernel cannot.</param>
/// <param name="Faults">Bugs of this program that were caught.</param>
/// <param name="Limits">Why the figures are not the server's alone; empty when they are.</param>
internal sealed record GeneratorReport(
    double CpuSeconds,
    double CpuCores,
    double BusiestLoop,
    long QueueDrops,
    long SendErrors,
    long SkippedPictures,
    long Faults,
    string Inspection,
    double TurnMs,
    bool Gro,
    bool Gso,
    long SegmentedDatagrams,
    IReadOnlyList<string> Limits)
{
    /// <summary>Whether this program was too slow for the load, so that the figures are not the server's alone.</summary>
    public bool WasBottleneck => Limits.Count > 0;
}
