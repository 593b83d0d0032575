namespace MediaRelay.Protocols.Sdp;

/// <summary>What the sending side says about its streams, in the sections that it sends (RFC 5576, RFC 8830).</summary>
/// <param name="Cname">One for all, so that the receiver keeps sound and picture in step (RFC 3550 §6.5.1).</param>
/// <param name="VideoRtxSsrc">The SSRC of retransmissions; only announced where RTX is negotiated.</param>
public sealed record AnnouncedStreams(
    string Cname,
    string StreamId,
    string AudioTrackId,
    string VideoTrackId,
    uint AudioSsrc,
    uint VideoSsrc,
    uint VideoRtxSsrc);
