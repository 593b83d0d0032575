namespace MediaRelay.Commerce.Webhooks;

/// <summary>Events of a stream, up to and with a number, that the receiver has taken.</summary>
/// <param name="Events">How many, for the count of what waits; so with the others.</param>
public readonly record struct OutboxRemoval(string Stream, long UpToSeq, long Events, long Bytes, long Other);
