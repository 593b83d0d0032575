namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Order events.</summary>
/// <param name="Accepted">New orders.</param>
/// <param name="Repeated">Reported again on purpose, and accepted.</param>
/// <param name="RefusedWrongOwner">With a wrong owner on purpose, and refused as they must be.</param>
/// <param name="Failed">Answered otherwise than they should be, or not at all.</param>
/// <param name="Latency">From sending the call to its answer, per event.</param>
/// <param name="Late">How long calls waited because too many were under way.</param>
internal sealed record OrderReport(
    long Reported,
    long Accepted,
    long Repeated,
    long Cancelled,
    long RefusedWrongOwner,
    long Failed,
    IReadOnlyDictionary<string, int> Failures,
    Percentiles Latency,
    Percentiles Late);
