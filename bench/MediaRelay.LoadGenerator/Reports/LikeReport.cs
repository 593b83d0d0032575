namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Likes.</summary>
/// <param name="Refused">Too many waited, or the channel did not take them.</param>
/// <param name="Counted">The sum of what the rooms' viewers were told last.</param>
internal sealed record LikeReport(long Sent, long Refused, long Counted);
