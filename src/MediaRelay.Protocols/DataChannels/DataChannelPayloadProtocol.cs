namespace MediaRelay.Protocols.DataChannels;

/// <summary>
/// Payload protocol identifiers (RFC 8831 §8). SCTP has no empty messages, so an empty one is a zero byte with an identifier of its
/// own; 52 and 54, partial messages, are deprecated and not taken.
/// </summary>
internal enum DataChannelPayloadProtocol : uint
{
    Establishment = 50,
    String = 51,
    Binary = 53,
    EmptyString = 56,
    EmptyBinary = 57,
}
