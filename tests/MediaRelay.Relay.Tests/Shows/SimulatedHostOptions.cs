using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Relay.Tests.Shows;

/// <summary>What kind of host takes part in a show.</summary>
/// <param name="PacketsPerPicture">Of pictures that need others; 0 for one to four at random.</param>
/// <param name="Rates">Bits per second of each encoding, in packets of 1,100 bytes; null for small packets at random.</param>
/// <param name="KeyFrameSize">
/// With rates: a key frame is so many times as large as another picture, and the pictures that it took the place of are left out.
/// </param>
/// <param name="IsPaced">Spreads a picture's packets over 20 ms, as browsers do; else they leave together.</param>
internal sealed record SimulatedHostOptions(
    VideoCodec Codec, int Encodings = 1, bool IsPaced = false, int MaxKeyFramePackets = 22, string Identity = "host",
    int PacketsPerPicture = 0, long[]? Rates = null, int KeyFrameSize = 4);
