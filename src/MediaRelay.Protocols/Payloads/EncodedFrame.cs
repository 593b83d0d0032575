using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Payloads;

/// <summary>
/// A whole access unit for a decoder: H.264 as byte stream with four-byte start codes (Annex B), or one VP8 frame.
/// <paramref name="Data"/> is valid until the next push into the depacketizer that it came from.
/// </summary>
public readonly record struct EncodedFrame(ReadOnlyMemory<byte> Data, RtpTimestamp Timestamp, bool IsKeyFrame);
