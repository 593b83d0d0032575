namespace MediaRelay.Commerce.Overlays.Incoming;

/// <summary>A viewer's message with what stands around it.</summary>
/// <param name="Seq">The viewer's own counter.</param>
/// <param name="SentAtMicros">The viewer's clock; not to be trusted.</param>
/// <param name="MediaTime">What the viewer was seeing, 90 kHz on the room's feed; not to be trusted.</param>
public readonly record struct ViewerEnvelope(long Seq, long SentAtMicros, long? MediaTime, ViewerMessage Message);
