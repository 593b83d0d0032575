namespace MediaRelay.Protocols.Sctp;

/// <summary>One entry of FORWARD-TSN: ordered messages of the stream up to this sequence number are given up.</summary>
internal readonly record struct SkippedStream(ushort Stream, ushort StreamSequence);
