namespace MediaRelay.Protocols.Sdp;

/// <summary>An SSRC that a section announces (<c>a=ssrc</c>, RFC 5576 §4.1).</summary>
/// <param name="Cname">RTCP canonical name (RFC 3550 §6.5.1), or null when not given.</param>
public sealed record MediaSource(uint Ssrc, string? Cname);
