using MediaRelay.Mixing.Codecs;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Slates;

/// <summary>
/// What a slate is to show: <paramref name="Title"/> (a merchant's name) on the merchant's calm colour.
/// </summary>
public sealed record SlateSpec(string Title, VideoCodec Codec, bool Portrait)
{
    public CodecElements Elements { get; init; } = new();
}
