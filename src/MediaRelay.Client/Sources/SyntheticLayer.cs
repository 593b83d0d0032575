namespace MediaRelay.Client.Sources;

/// <summary>One simulcast encoding of a synthetic picture.</summary>
/// <param name="Rid">Its identifier (RFC 8851).</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="BitRate">In bit/s, key frames included.</param>
public sealed record SyntheticLayer(string Rid, int Width, int Height, int BitRate);
