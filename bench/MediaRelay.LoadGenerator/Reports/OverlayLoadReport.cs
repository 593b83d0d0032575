namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Overlays that were asked for in the largest room.</summary>
/// <param name="Answer">From sending a call to its answer.</param>
/// <param name="Late">How much later than planned calls left.</param>
internal sealed record OverlayLoadReport(
    int Sent, long Accepted, int Failed, IReadOnlyDictionary<string, int> Failures, Percentiles Answer, Percentiles Late);
