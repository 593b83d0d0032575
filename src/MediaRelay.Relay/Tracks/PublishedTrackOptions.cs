using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Relay.Tracks;

/// <summary>What the SDP settled for one incoming section.</summary>
/// <param name="PayloadType">Of the one codec that was answered.</param>
/// <param name="RtxPayloadType">Of its retransmissions, if negotiated.</param>
/// <param name="Ssrc">As announced; null when the offer names none and the first packet tells.</param>
/// <param name="HasSimulcast">Its encodings are told apart by rid (RFC 8853).</param>
public sealed record PublishedTrackOptions(
    bool IsVideo, VideoCodec Codec, PayloadType PayloadType, PayloadType? RtxPayloadType, Ssrc? Ssrc, string? Mid, bool HasNack,
    bool HasSimulcast, HeaderExtensionMap Extensions);
