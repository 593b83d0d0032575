namespace MediaRelay.Protocols.Rtcp;

/// <summary>
/// Packet status symbols (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1); the value is its delta's length
/// in bytes.
/// </summary>
internal enum TransportFeedbackSymbol
{
    NotReceived = 0,
    SmallDelta = 1,
    LargeOrNegativeDelta = 2,
    Reserved = 3,
}
