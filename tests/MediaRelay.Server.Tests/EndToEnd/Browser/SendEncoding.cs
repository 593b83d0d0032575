using System.Text.Json.Serialization;

namespace MediaRelay.Server.Tests.EndToEnd.Browser;

/// <summary>One of the encodings in which a host sends its picture, as <c>RTCRtpEncodingParameters</c>.</summary>
/// <param name="Rid">RFC 8852 name; null when there is only one encoding.</param>
/// <param name="ScaleResolutionDownBy">How much smaller than the source each side is.</param>
/// <param name="MaxBitrate">bit/s.</param>
internal sealed record SendEncoding(
    [property: JsonPropertyName("rid"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rid,
    [property: JsonPropertyName("scaleResolutionDownBy")] int ScaleResolutionDownBy,
    [property: JsonPropertyName("maxBitrate")] int MaxBitrate)
{
    /// <summary>One encoding of the source's size; about five packets a picture at 15 fps.</summary>
    public static readonly IReadOnlyList<SendEncoding> Single = [new(null, 1, 700_000)];

    /// <summary>Three, lowest first, as browsers want them.</summary>
    public static readonly IReadOnlyList<SendEncoding> Simulcast =
        [new("q", 4, 150_000), new("h", 2, 500_000), new("f", 1, 1_500_000)];
}
