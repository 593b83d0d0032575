using System.Buffers.Binary;

namespace MediaRelay.Protocols.Payloads;

/// <summary>What an SFU needs to know of VP8 frames (RFC 6386 §9.1) and their RTP payloads (RFC 7741).</summary>
public static class Vp8Payload
{
    private const int KeyFrameHeaderLength = 10;

    private static ReadOnlySpan<byte> StartCode => [0x9D, 0x01, 0x2A];

    /// <summary>True when an RTP payload, descriptor first, begins a key frame.</summary>
    public static bool IsKeyFrameStart(ReadOnlySpan<byte> payload) =>
        Vp8Descriptor.TryParse(payload, out var descriptor) && descriptor.IsKeyFrameStart;

    /// <summary>True for a frame (no descriptor) whose frame tag says key frame: its lowest bit is 0.</summary>
    public static bool IsKeyFrame(ReadOnlySpan<byte> frame) => !frame.IsEmpty && (frame[0] & 0x01) == 0;

    /// <summary>
    /// Reads width and height in pixels (1–16,383) from a key frame's header; false for other frames and without the
    /// start code.
    /// </summary>
    public static bool TryReadKeyFrameSize(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        width = 0;
        height = 0;
        if (frame.Length < KeyFrameHeaderLength || !IsKeyFrame(frame) || !frame[3..6].SequenceEqual(StartCode))
        {
            return false;
        }

        // The two high bits of each are a scaling hint for the display.
        width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & 0x3FFF;
        height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & 0x3FFF;
        return width > 0 && height > 0;
    }
}
