using System.Text.Json.Serialization;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>A frame that a video element has shown.</summary>
/// <param name="At">When it was handed to the screen, Unix time in ms.</param>
/// <param name="Presented">Number of frames that the element had shown with it; a jump means that the page's thread missed some.</param>
/// <param name="Upper">Mean red, green and blue (0–255) of the upper half.</param>
/// <param name="Lower">The same of the lower half.</param>
internal sealed record ShownFrame(
    [property: JsonPropertyName("at")] double At,
    [property: JsonPropertyName("presented")] long Presented,
    [property: JsonPropertyName("upper")] int[] Upper,
    [property: JsonPropertyName("lower")] int[] Lower)
{
    // Limited-range black is 0 to 2 after conversion; the darkest thing that is ever sent on purpose is a slate, far above.
    private const int BlackBelow = 24;

    // The test pictures are one colour with a little white; coding moves them by a few steps.
    private const int ClearlyAbove = 60;

    [JsonIgnore]
    public Colour Above => Judge(Upper);

    [JsonIgnore]
    public Colour Below => Judge(Lower);

    /// <summary>Whether half of the picture or more shows nothing.</summary>
    [JsonIgnore]
    public bool IsBlack => Above == Colour.Black || Below == Colour.Black;

    public bool Shows(Colour above, Colour below) => Above == above && Below == below;

    public override string ToString() => $"{At:F0}: {Above}({string.Join(',', Upper)}) over {Below}({string.Join(',', Lower)})";

    private static Colour Judge(int[] rgb) => rgb switch
    {
        [var red, var green, var blue] when Math.Max(red, Math.Max(green, blue)) < BlackBelow => Colour.Black,
        [var red, var green, var blue] when red - Math.Max(green, blue) > ClearlyAbove => Colour.Red,
        [var red, var green, var blue] when blue - Math.Max(green, red) > ClearlyAbove => Colour.Blue,
        _ => Colour.Other,
    };
}
