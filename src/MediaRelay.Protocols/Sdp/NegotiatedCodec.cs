namespace MediaRelay.Protocols.Sdp;

/// <summary>A codec that both sides agreed on, by the offerer's numbers.</summary>
/// <param name="PayloadType">0–127.</param>
/// <param name="ClockRate">Hz.</param>
/// <param name="Parameters">The <c>a=fmtp</c> of the other side, for what only it can know (H.264's <c>sprop-parameter-sets</c>).</param>
/// <param name="RtxPayloadType">The payload type of retransmissions (RFC 4588), or null without them.</param>
/// <param name="Feedback">What both sides use.</param>
public sealed record NegotiatedCodec(
    byte PayloadType,
    SdpCodec Codec,
    int ClockRate,
    int Channels,
    FormatParameters Parameters,
    byte? RtxPayloadType,
    FeedbackKinds Feedback);
