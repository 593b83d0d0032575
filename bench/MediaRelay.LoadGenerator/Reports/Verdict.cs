namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Says in words where the generator itself was too slow for what it was to do.</summary>
internal static class Verdict
{
    // A thread that works more than this has no room for a burst.
    private const double MostBusy = 0.9;

    // Half of the time between two pictures at 30 a second.
    private const double MostLatenessMs = 15;

    // Longer than a pause of the garbage collector here; then joins come in lumps.
    private const double MostLateJoinsMs = 250;

    public static IReadOnlyList<string> Of(
        long queueDrops, double busiestLoop, HostReport hosts, IEnumerable<JoinReport> joins, OrderReport? orders)
    {
        var limits = new List<string>();
        if (queueDrops > 0)
        {
            limits.Add($"its own receive queues lost {queueDrops:N0} datagrams");
        }

        if (hosts.SkippedPictures > 0)
        {
            limits.Add($"{hosts.SkippedPictures:N0} pictures were not made");
        }

        if (hosts.Lateness.P99Ms > MostLatenessMs)
        {
            limits.Add($"pictures were made late (p99 {hosts.Lateness.P99Ms:F1} ms)");
        }

        if (busiestLoop > MostBusy)
        {
            limits.Add($"a thread of viewers or hosts was busy {busiestLoop:P0} of the time; --loops gives more");
        }

        if (joins.Any(join => join.Late.P99Ms > MostLateJoinsMs))
        {
            limits.Add($"joins began late (p99 {joins.Max(join => join.Late.P99Ms):F0} ms)");
        }

        if (orders is { } reported && reported.Late.P99Ms > MostLateJoinsMs)
        {
            limits.Add($"orders waited for free calls (p99 {reported.Late.P99Ms:F0} ms)");
        }

        return limits;
    }
}
