namespace MediaRelay.Commerce.Overlays;

/// <summary>
/// How one message fared. Latencies run from the accepted cause to the viewer's confirmation, in milliseconds; null
/// before any came.
/// </summary>
public sealed record DeliveryReceipt(long Seq, int Sent, int Received, int Lost, double? P50Ms, double? P99Ms);
