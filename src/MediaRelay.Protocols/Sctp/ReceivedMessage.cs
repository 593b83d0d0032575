namespace MediaRelay.Protocols.Sctp;

/// <summary>A whole message that waits to be read; <paramref name="Data"/> is rented and may be longer than the message.</summary>
internal readonly record struct ReceivedMessage(ushort Stream, uint PayloadProtocol, byte[] Data, int Length);
