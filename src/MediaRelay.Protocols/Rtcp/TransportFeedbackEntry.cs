namespace MediaRelay.Protocols.Rtcp;

/// <summary>What a receiver tells of one packet.</summary>
/// <param name="SequenceNumber">The transport-wide sequence number.</param>
/// <param name="IsReceived">False when it had not arrived; delta and arrival are 0 then.</param>
/// <param name="Delta">Since the packet received before it in the same message (the first: since the reference time),
/// in 250 µs.</param>
/// <param name="Arrival">On the receiver's clock, whose start is unknown and which wraps after 12.4 days, in 250
/// µs.</param>
public readonly record struct TransportFeedbackEntry(ushort SequenceNumber, bool IsReceived, int Delta, long Arrival)
{
    public TimeSpan ArrivalTime => TimeSpan.FromMicroseconds(Arrival * TransportFeedback.MicrosecondsPerTick);
}
