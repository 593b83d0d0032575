using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Relay.Forwarding;

/// <summary>The payload types that one viewer's offer gave to the codecs of a feed; null is a codec that it cannot take.</summary>
public sealed record CodecPayloadTypes(PayloadType? H264, PayloadType? Vp8, PayloadType? Opus)
{
    public PayloadType? ForVideo(VideoCodec codec) => codec == VideoCodec.H264 ? H264 : Vp8;
}
