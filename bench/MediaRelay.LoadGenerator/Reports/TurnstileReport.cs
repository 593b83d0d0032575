namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Visits one after the other, and the server's memory meanwhile.</summary>
/// <param name="Lanes">Visitors at once.</param>
/// <param name="Done">Visits that are over, those that failed among them.</param>
/// <param name="TurnedAway">Times that the server said 503 or 429; the visitor then came again.</param>
/// <param name="Points">At even distances.</param>
internal sealed record TurnstileReport(
    int Visits,
    int Lanes,
    int Done,
    long TurnedAway,
    double Seconds,
    double VisitsPerSecond,
    IReadOnlyList<TurnstilePoint> Points,
    JoinReport Joins);
