namespace MediaRelay.Protocols.Sdp;

/// <summary>SSRCs of one section that belong together (<c>a=ssrc-group</c>, RFC 5576 §4.2).</summary>
public sealed record SsrcGroup(string Semantics, IReadOnlyList<uint> Ssrcs)
{
    /// <summary>Flow identification: the stream, then its retransmission stream (RFC 4588 §8.7, RFC 5576 §10.2).</summary>
    public const string FlowIdentification = "FID";
}
