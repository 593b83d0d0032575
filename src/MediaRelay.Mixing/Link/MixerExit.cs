namespace MediaRelay.Mixing.Link;

/// <summary>How a worker ended; <paramref name="Detail"/> is for the log.</summary>
public sealed record MixerExit(MixerExitKind Kind, string Detail);
