using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Sessions;

/// <summary>What a viewer's SDP settled: its sections for sound and picture (null when it wants none) and its payload types.</summary>
public sealed record ViewerTracks(ViewerTrack? Audio, ViewerTrack? Video, CodecPayloadTypes PayloadTypes);

/// <summary>One outgoing track: the SSRC that our answer announced and where the mid goes (id 0: nowhere).</summary>
/// <param name="RtxSsrc">Of its retransmissions; null without RTX.</param>
/// <param name="TransportCcExtensionId">Of the transport-wide sequence number, 1–14; 0 without congestion feedback.</param>
public sealed record ViewerTrack(Ssrc Ssrc, string Mid, int MidExtensionId, Ssrc? RtxSsrc = null, int TransportCcExtensionId = 0);
