using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>A packet of a viewer's stream, by its unwrapped number; from the stream itself or from its retransmissions.</summary>
/// <param name="SentAt">When the relay sent it for the first time.</param>
/// <param name="Codec">Of a picture; null for sound.</param>
/// <param name="Mark">Null where the payload has none: the slate's silence.</param>
internal sealed record Received(long Number, Timestamp SentAt, uint Timestamp, bool Marker, VideoCodec? Codec, Mark? Mark, byte[] Payload);
