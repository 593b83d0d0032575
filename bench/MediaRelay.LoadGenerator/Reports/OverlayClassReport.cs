namespace MediaRelay.LoadGenerator.Reports;

/// <summary>One class of overlays in the largest room, as the server accepted them in the window.</summary>
/// <param name="Messages">That reached anybody.</param>
/// <param name="Delivered">Arrivals at viewers.</param>
/// <param name="Lost">Arrivals that are missing, of viewers who were there at the window's end.</param>
/// <param name="Latency">From acceptance to a viewer.</param>
internal sealed record OverlayClassReport(string Class, long Messages, long Delivered, long Lost, Percentiles Latency);
