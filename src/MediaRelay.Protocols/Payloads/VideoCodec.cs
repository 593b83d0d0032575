namespace MediaRelay.Protocols.Payloads;

/// <summary>The video codecs that a room may have.</summary>
public enum VideoCodec
{
    /// <summary>H.264 constrained baseline, packetization-mode 1 (RFC 6184).</summary>
    H264,

    /// <summary>VP8 (RFC 7741).</summary>
    Vp8,
}
