namespace MediaRelay.LoadGenerator.Reports;

/// <summary>The server's resident memory after so many visits; null when its process is not known.</summary>
internal sealed record TurnstilePoint(int Visits, double Seconds, long? RssBytes);
