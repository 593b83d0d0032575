using System.Collections.Immutable;

namespace MediaRelay.Commerce.Replay;

/// <summary>What a replay found.</summary>
/// <param name="OrderEvents">Order events that were decided anew.</param>
/// <param name="Changes">Other changes in the log.</param>
public sealed record ReplayReport(long OrderEvents, long Changes, ImmutableArray<ReplayComparison> Comparisons)
{
    public bool IsEqual => Comparisons.All(comparison => comparison.IsEqual);
}
