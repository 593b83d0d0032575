namespace MediaRelay.Protocols.Sdp;

/// <summary>The codecs that the relay forwards.</summary>
public enum SdpCodec
{
    /// <summary>RFC 7587: 48 kHz, always two channels in the description.</summary>
    Opus,

    /// <summary>RFC 6184: constrained baseline or baseline, packetization-mode 1.</summary>
    H264,

    /// <summary>RFC 7741.</summary>
    Vp8,
}
