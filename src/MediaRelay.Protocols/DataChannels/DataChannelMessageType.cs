namespace MediaRelay.Protocols.DataChannels;

/// <summary>Messages of the Data Channel Establishment Protocol (RFC 8832 §8.2.1).</summary>
internal enum DataChannelMessageType : byte
{
    Ack = 2,
    Open = 3,
}
