using MediaRelay.Protocols.Rtp;
using MediaRelay.Relay.Forwarding;

namespace MediaRelay.Relay.Sessions;

/// <summary>What a viewer's SDP settled: its sections for sound and picture (null when it wants none) and its payload types.</summary>
public sealed record ViewerTracks(ViewerTrack? Audio, ViewerTrack? Video, CodecPayloadTypes PayloadTypes);

/// <summary>One outgoing track: the SSRC that our answer announced and where the mid goes (id 0: nowhere).</summary>
public sealed record ViewerTrack(Ssrc Ssrc, string Mid, int MidExtensionId);
