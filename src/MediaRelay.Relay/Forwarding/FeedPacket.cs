using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// One RTP packet placed on a feed's timeline: the same for all viewers, who only differ in SSRC, payload type, sequence offset and
/// key. The buffer is read-only from here on; whoever keeps the packet retains the buffer.
/// </summary>
public readonly struct FeedPacket
{
    public required PacketBuffer Buffer { get; init; }

    /// <summary>Offset of the payload in <see cref="PacketBuffer.Span"/>, behind the source's own header.</summary>
    public required int PayloadStart { get; init; }

    public required int PayloadLength { get; init; }

    /// <summary>The feed's own sequence number for this track and layer, never wrapping; a hole is a packet that has not arrived.</summary>
    public required long Sequence { get; init; }

    /// <summary>On the feed's timeline: 90 kHz for video, 48 kHz for audio.</summary>
    public required uint Timestamp { get; init; }

    public required bool IsVideo { get; init; }

    /// <summary>Which of the source's encodings this is, from 0; sequence numbers are per layer, timestamps common.</summary>
    public required byte Layer { get; init; }

    /// <summary>Counts the feed's source switches: a packet of another one belongs to another source.</summary>
    public required int Epoch { get; init; }

    public required bool Marker { get; init; }

    /// <summary>First packet of a picture that needs no other (with its parameter sets).</summary>
    public required bool IsKeyFrameStart { get; init; }

    public required VideoCodec Codec { get; init; }

    public required Timestamp ReceivedAt { get; init; }

    /// <summary>RTP padding behind the payload (RFC 3550 §5.1), 0–255 bytes: part of the packet, so that a resend is bit-identical.</summary>
    public int PaddingLength { get; init; }

    /// <summary>Later packets of its track and layer reached the loop before it.</summary>
    public bool IsLate { get; init; }

    /// <summary>The payload without its padding.</summary>
    public ReadOnlySpan<byte> Payload => Buffer.Span.Slice(PayloadStart, PayloadLength);

    /// <summary>What follows the header on the wire.</summary>
    public ReadOnlySpan<byte> Body => Buffer.Span.Slice(PayloadStart, PayloadLength + PaddingLength);
}
