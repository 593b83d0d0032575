namespace MediaRelay.Relay.Forwarding;

/// <summary>The encodings that a mix offers a room's viewers: its picture, and the same at half of the width and height.</summary>
/// <param name="Pixels">Width × height of the picture.</param>
/// <param name="BitRate">Bits per second that the picture's encoder may use.</param>
/// <param name="SmallBitRate">Bits per second that the small one's may use.</param>
public readonly record struct MixLayers(int Pixels, long BitRate, long SmallBitRate);
