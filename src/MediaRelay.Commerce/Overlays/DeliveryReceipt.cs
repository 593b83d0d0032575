namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// How one message fared. Latencies run from the accepted cause to its arrival, in milliseconds; null before any.
/// </summary>
/// <param name="Sent">Viewers to whose connection it was handed.</param>
/// <param name="Received">
/// Viewers whose side has it: the SCTP association acknowledged it, or, on a WebSocket, the viewer's <c>receipt</c> came.
/// </param>
/// <param name="Lost">After five seconds, those who were sent it and have not received it.</param>
/// <param name="Confirmed">Viewers who sent a <c>receipt</c>, over whatever connection.</param>
public sealed record DeliveryReceipt(
    long Seq, int Sent, int Received, int Lost, int Confirmed, double? P50Ms, double? P99Ms);
