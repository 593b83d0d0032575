namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Rooms that opened and closed in the window.</summary>
/// <param name="Failed">Those that could not be opened, or not be closed as they should.</param>
/// <param name="Opening">From the first call to the host being connected.</param>
/// <param name="Closing">From the call that closes the show to the room being deleted.</param>
/// <param name="Late">How much later than due openings began.</param>
internal sealed record ChurnReport(
    int Wanted,
    long Opened,
    long Closed,
    long Failed,
    IReadOnlyDictionary<string, int> Failures,
    Percentiles Opening,
    Percentiles Closing,
    Percentiles Late);
