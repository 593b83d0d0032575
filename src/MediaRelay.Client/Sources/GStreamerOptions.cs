namespace MediaRelay.Client.Sources;

/// <summary>What a <see cref="GStreamerProcessSource"/> shows and plays.</summary>
public sealed record GStreamerOptions
{
    /// <summary>Large, in the picture: whose it is.</summary>
    public required string Title { get; init; }

    /// <summary>Pattern of GStreamer's videotestsrc.</summary>
    public string Pattern { get; init; } = "ball";

    /// <summary>0xAARRGGBB of the moving thing and of what it moves on.</summary>
    public uint Foreground { get; init; } = 0xFFFFFFFF;

    public uint Background { get; init; } = 0xFF000000;

    /// <summary>Even numbers of pixels.</summary>
    public int Width { get; init; } = 540;

    public int Height { get; init; } = 960;

    public int FrameRate { get; init; } = 30;

    /// <summary>Of the picture, in bit/s.</summary>
    public int BitRate { get; init; } = 1_200_000;

    /// <summary>The tone, in Hz.</summary>
    public double Tone { get; init; } = 440;

    /// <summary>Wave of GStreamer's audiotestsrc.</summary>
    public string Wave { get; init; } = "sine";
}
