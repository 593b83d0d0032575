using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing;

/// <summary>What a <see cref="LinkModel"/> decided for one datagram.</summary>
/// <param name="Fate">Whether it arrives at all.</param>
/// <param name="Arrival">When it arrives; <see cref="Timestamp.Never"/> unless it passed.</param>
/// <param name="CopyArrival">When it arrives for the second time; <see cref="Timestamp.Never"/> unless it was duplicated.</param>
public readonly record struct LinkDecision(LinkFate Fate, Timestamp Arrival, Timestamp CopyArrival);
