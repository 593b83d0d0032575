namespace MediaRelay.Protocols.Payloads;

/// <summary>VP8 frames from RTP payloads (RFC 7741 §4): the descriptors are taken off and the rest is joined.</summary>
public sealed class Vp8Depacketizer : VideoDepacketizer
{
    private protected override bool IsFrameStart(ReadOnlySpan<byte> payload) =>
        Vp8Descriptor.TryParse(payload, out var descriptor) && descriptor.IsFrameStart;

    private protected override void BeginFrame()
    {
        // All that a frame is known by lies in its bytes.
    }

    private protected override bool IsComplete(FrameBuffer frame) => frame.Length > 0;

    private protected override FrameLoss Append(FrameBuffer frame, ReadOnlySpan<byte> payload, ref bool isKeyFrame)
    {
        // Only the first packet of a frame begins partition 0 (§4.2).
        if (!Vp8Descriptor.TryParse(payload, out var descriptor) || descriptor.IsFrameStart != (frame.Length == 0))
        {
            return FrameLoss.Malformed;
        }

        isKeyFrame |= descriptor.IsKeyFrameStart;
        return frame.TryAppend(payload[descriptor.Length..]) ? FrameLoss.None : FrameLoss.TooLarge;
    }
}
