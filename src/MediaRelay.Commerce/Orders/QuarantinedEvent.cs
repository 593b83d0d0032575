namespace MediaRelay.Commerce.Orders;

/// <summary>An event that contradicts what was accepted before and had no effect; a person must look at it.</summary>
/// <param name="Seq">Counts all quarantined events, from 1.</param>
public sealed record QuarantinedEvent(long Seq, OrderEvent Event, string Reason, DateTimeOffset At);
