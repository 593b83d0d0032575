namespace MediaRelay.LoadGenerator.Reports;

/// <summary>How the joins went; times are from sending the POST.</summary>
/// <param name="Failed">Those that never connected.</param>
/// <param name="Failures">By reason; a viewer that connected but got no picture is here too.</param>
/// <param name="Late">How much later than due joins began: what the generator itself was too slow for.</param>
internal sealed record JoinReport(
    long Attempted,
    long Joined,
    long Connected,
    long Failed,
    IReadOnlyDictionary<string, int> Failures,
    Percentiles Answered,
    Percentiles ConnectedAfter,
    Percentiles FirstPacket,
    Percentiles FirstKeyFrame,
    Percentiles Late);
