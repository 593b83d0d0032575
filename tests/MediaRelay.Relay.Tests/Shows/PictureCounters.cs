namespace MediaRelay.Relay.Tests.Shows;

/// <summary>The counters in a VP8 payload descriptor (RFC 7741 §4.2).</summary>
internal readonly record struct PictureCounters(ushort PictureId, byte Tl0PicIdx, byte KeyIdx);
