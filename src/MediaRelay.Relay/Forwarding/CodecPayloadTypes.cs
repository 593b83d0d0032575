using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Relay.Forwarding;

/// <summary>The payload types that one viewer's offer gave to the codecs of a feed; null is a codec that it cannot take.</summary>
/// <param name="H264Rtx">Of retransmissions (RFC 4588); null where lost packets are resent as they were.</param>
public sealed record CodecPayloadTypes(
    PayloadType? H264, PayloadType? Vp8, PayloadType? Opus, PayloadType? H264Rtx = null, PayloadType? Vp8Rtx = null)
{
    public PayloadType? ForVideo(VideoCodec codec) => codec == VideoCodec.H264 ? H264 : Vp8;

    public PayloadType? ForRetransmission(VideoCodec codec) => codec == VideoCodec.H264 ? H264Rtx : Vp8Rtx;
}
