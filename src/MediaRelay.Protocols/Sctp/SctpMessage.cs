namespace MediaRelay.Protocols.Sctp;

/// <summary>
/// A whole message. <paramref name="Data"/> is borrowed until the next call of <see cref="SctpAssociation.TryReadMessage"/> or
/// until the association is disposed.
/// </summary>
public readonly record struct SctpMessage(ushort Stream, uint PayloadProtocol, ReadOnlyMemory<byte> Data);
