using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Client.Sources;

/// <summary>What a <see cref="SyntheticMediaSource"/> makes.</summary>
public sealed record SyntheticMediaOptions
{
    /// <summary>Null for sound alone. VP8 has a true header but no picture in it; H.264 can be decoded.</summary>
    public VideoCodec? Video { get; init; } = VideoCodec.H264;

    public bool HasAudio { get; init; } = true;

    public int Width { get; init; } = 720;

    public int Height { get; init; } = 1280;

    /// <summary>The picture's one colour: luma and chroma samples, 1–255.</summary>
    public (byte Y, byte Cb, byte Cr) Color { get; init; } = (128, 128, 128);

    /// <summary>Of the picture, in bit/s, key frames included.</summary>
    public int BitRate { get; init; } = 1_500_000;

    /// <summary>Of the sound, in bit/s.</summary>
    public int AudioBitRate { get; init; } = 48_000;

    /// <summary>Pictures per second.</summary>
    public int FrameRate { get; init; } = 30;

    /// <summary>Between two key frames; asked-for ones come in addition.</summary>
    public TimeSpan KeyFrameInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many times the bytes of another picture a key frame has; real encoders lie between 3 and 10.</summary>
    public int KeyFrameScale { get; init; } = 4;

    /// <summary>
    /// Simulcast encodings, lowest quality first; they then stand for <see cref="Width"/>, <see cref="Height"/> and
    /// <see cref="BitRate"/>. None for a single one.
    /// </summary>
    public IReadOnlyList<SyntheticLayer> Layers { get; init; } = [];

    /// <summary>
    /// The three encodings that a browser sends of a picture of this size and bit rate: <c>l</c>, <c>m</c> and <c>h</c>, each of twice
    /// the width and height of the one before it, with about a tenth and a third of the highest one's bits.
    /// </summary>
    public IReadOnlyList<SyntheticLayer> ThreeLayers =>
    [
        new("l", Even(Width / 4), Even(Height / 4), BitRate / 10),
        new("m", Even(Width / 2), Even(Height / 2), BitRate / 3),
        new("h", Width, Height, BitRate),
    ];

    private static int Even(int pixels) => pixels & ~1;
}
