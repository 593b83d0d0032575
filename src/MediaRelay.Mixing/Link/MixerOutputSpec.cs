using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Link;

/// <summary>
/// One stream that the mixer gives back. <paramref name="Index"/> (0–31) names it on the link. <paramref name="Codec"/>
/// and
/// <paramref name="Portrait"/> matter for <see cref="MixerOutputKind.Video"/>, <paramref name="SourceIndex"/> (who is
/// left out) for <see cref="MixerOutputKind.MixMinus"/>.
/// </summary>
public sealed record MixerOutputSpec(int Index, MixerOutputKind Kind, VideoCodec? Codec, bool Portrait, int SourceIndex)
{
    /// <summary>Half of the canvas each way, for viewers whose path carries no more.</summary>
    public bool IsSmall { get; init; }

    /// <summary>Bit rate of a picture that it begins with, in kbit/s; null for the session's.</summary>
    public int? BitrateKbps { get; init; }

    /// <summary>
    /// Largest index: every codec in both orientations and sizes, the program and a mix-minus for each of 16 sources fit.
    /// </summary>
    public const int MaxIndex = 31;

    public static MixerOutputSpec Video(int index, VideoCodec codec, bool portrait) =>
        new(index, MixerOutputKind.Video, codec, portrait, SourceIndex: -1);

    /// <summary>The picture of <see cref="Video"/> at half of the width and height.</summary>
    public static MixerOutputSpec SmallVideo(int index, VideoCodec codec, bool portrait, int bitrateKbps) =>
        Video(index, codec, portrait) with { IsSmall = true, BitrateKbps = bitrateKbps };

    public static MixerOutputSpec Program(int index) =>
        new(index, MixerOutputKind.Program, Codec: null, Portrait: false, SourceIndex: -1);

    public static MixerOutputSpec MixMinus(int index, int sourceIndex) =>
        new(index, MixerOutputKind.MixMinus, Codec: null, Portrait: false, sourceIndex);
}
