namespace MediaRelay.Protocols.Sctp;

/// <summary>One chunk of a packet (RFC 9260 §3.2); its length lies within the packet.</summary>
internal readonly ref struct SctpChunk(ReadOnlySpan<byte> bytes)
{
    public const int HeaderLength = 4;

    /// <summary>The chunk with its header, without padding.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public SctpChunkType Type => (SctpChunkType)Bytes[0];

    public byte Flags => Bytes[1];

    public ReadOnlySpan<byte> Value => Bytes[HeaderLength..];
}
