using System.Text.Json.Serialization;

namespace MediaRelay.Server.Tests.EndToEnd.CoHosting;

/// <summary>A frame that a browser's video element has shown, as <c>probe-page.js</c> read it.</summary>
/// <param name="At">When it was handed to the screen, Unix time in ms.</param>
/// <param name="Timestamp">Its RTP timestamp.</param>
/// <param name="Luma">Mean brightness, 0 to 255.</param>
/// <param name="Codes">The blocks at each place that was looked at, 1 for white, the highest bit first.</param>
internal sealed record PageFrame(
    [property: JsonPropertyName("at")] double At,
    [property: JsonPropertyName("timestamp")] long Timestamp,
    [property: JsonPropertyName("luma")] double Luma,
    [property: JsonPropertyName("codes")] string[] Codes)
{
    // A browser turns the darkest that video may have into 0; the darkest that is shown on purpose is a slate, far above.
    private const double BlackBelow = 10;

    public bool IsBlack => Luma < BlackBelow;
}
