namespace MediaRelay.Protocols.Sdp;

/// <summary>The section of the data channels that both sides agreed on (RFC 8841).</summary>
/// <param name="Index">The section's place in the description, from 0.</param>
/// <param name="RemoteMaxMessageSize">In bytes: the longest message that the other side takes; 0: any (RFC 8841 §6.1).</param>
public sealed record NegotiatedData(int Index, string? Mid, ushort RemoteSctpPort, uint RemoteMaxMessageSize)
{
    /// <summary>What a section without <c>a=sctp-port</c> means in practice.</summary>
    public const ushort DefaultSctpPort = 5000;

    /// <summary>RFC 8841 §6.1: a section without <c>a=max-message-size</c>.</summary>
    public const uint DefaultMaxMessageSize = 65536;
}
