namespace MediaRelay.Protocols.Sctp;

/// <summary>TSNs from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct TsnRange(Tsn First, Tsn Last);
