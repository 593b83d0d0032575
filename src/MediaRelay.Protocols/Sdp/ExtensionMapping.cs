namespace MediaRelay.Protocols.Sdp;

/// <summary>The number that an RTP header extension goes by (<c>a=extmap</c>, RFC 8285 §8).</summary>
/// <param name="Id">1–255 on the wire; 4096–4351 in an offer leaves the number to the answerer.</param>
/// <param name="Direction">Null when none is written, which means the section's own.</param>
public sealed record ExtensionMapping(int Id, string Uri, MediaDirection? Direction = null);
