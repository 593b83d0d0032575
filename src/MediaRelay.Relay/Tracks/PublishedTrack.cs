using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Feedback;

namespace MediaRelay.Relay.Tracks;

/// <summary>One track that a host publishes: its receive statistics, what it asks to be resent, and its capture mapping.</summary>
internal sealed class PublishedTrack(PublishedTrackOptions options, Ssrc ssrc)
{
    public bool IsVideo { get; } = options.IsVideo;

    public VideoCodec Codec { get; } = options.Codec;

    public int ClockRate { get; } = options.IsVideo ? 90_000 : 48_000;

    public Ssrc Ssrc { get; } = ssrc;

    public ReceptionStatistics Statistics { get; } = new(options.IsVideo ? 90_000 : 48_000);

    /// <summary>Null where the peer did not negotiate NACK.</summary>
    public NackGenerator? Nacks { get; } = options.HasNack ? new NackGenerator() : null;

    public CaptureMapping? Mapping { get; set; }
}

/// <summary>What the SDP settled for one incoming section.</summary>
/// <param name="PayloadType">Of the one codec that was answered.</param>
/// <param name="RtxPayloadType">Of its retransmissions, if negotiated.</param>
/// <param name="Ssrc">As announced; null when the offer names none and the first packet tells.</param>
public sealed record PublishedTrackOptions(
    bool IsVideo, VideoCodec Codec, PayloadType PayloadType, PayloadType? RtxPayloadType, Ssrc? Ssrc, string? Mid, bool HasNack,
    HeaderExtensionMap Extensions);
