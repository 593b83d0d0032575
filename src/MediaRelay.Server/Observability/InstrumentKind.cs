namespace MediaRelay.Server.Observability;

/// <summary>How an instrument is exposed; the member's name in lower case is the TYPE.</summary>
internal enum InstrumentKind
{
    Counter,
    Gauge,
    Histogram,
}
