using System.Text.Json.Serialization;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>What a page sees, hears and has negotiated at one moment.</summary>
/// <param name="At">Unix time in ms.</param>
/// <param name="Level440">Level at 440 Hz, dB of full scale.</param>
/// <param name="Level880">Level at 880 Hz, dB of full scale.</param>
/// <param name="Tracks">Kind, id and state of the tracks that the element plays.</param>
internal sealed record PictureState(
    [property: JsonPropertyName("at")] double At,
    [property: JsonPropertyName("frameCount")] int FrameCount,
    [property: JsonPropertyName("frame")] ShownFrame? Frame,
    [property: JsonPropertyName("level440")] double Level440,
    [property: JsonPropertyName("level880")] double Level880,
    [property: JsonPropertyName("connection")] string Connection,
    [property: JsonPropertyName("connections")] int Connections,
    [property: JsonPropertyName("localDescriptions")] int LocalDescriptions,
    [property: JsonPropertyName("negotiationsNeeded")] int NegotiationsNeeded,
    [property: JsonPropertyName("tracksAnnounced")] int TracksAnnounced,
    [property: JsonPropertyName("tracks")] string[] Tracks)
{
    // The hosts' tones come in at about −20 dB; what coding leaves of the other one is below −60.
    private const double HeardAbove = -45;

    [JsonIgnore]
    public bool Hears440 => Level440 > HeardAbove;

    [JsonIgnore]
    public bool Hears880 => Level880 > HeardAbove;

    public bool Sees(Colour above, Colour below) => Frame is { } frame && frame.Shows(above, below);

    public override string ToString() =>
        $"{Connection}, {FrameCount} frames, {Frame}; 440 Hz {Level440:F0} dB, 880 Hz {Level880:F0} dB; {string.Join(", ", Tracks)}";
}
