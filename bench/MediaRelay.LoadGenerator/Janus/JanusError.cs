namespace MediaRelay.LoadGenerator.Janus;

/// <summary>What Janus or its plugin says is wrong.</summary>
/// <param name="Code">Janus's own number, e.g. 428 for a feed that the VideoRoom does not have.</param>
/// <param name="Reason">For a person.</param>
internal sealed record JanusError(int Code, string? Reason);
