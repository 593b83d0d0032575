namespace MediaRelay.Mixing.Codecs;

/// <summary>
/// What this machine can decode and encode. <paramref name="GStreamerVersion"/> is null when the library is absent, and
/// then every element is missing.
/// </summary>
public sealed record CodecSupport(string? GStreamerVersion, IReadOnlyList<string> MissingElements)
{
    public bool CanMix => GStreamerVersion is not null && MissingElements.Count == 0;

    /// <summary>One sentence for a 503 answer or a log; null when nothing is missing.</summary>
    public string? Problem => this switch
    {
        { GStreamerVersion: null } => "GStreamer 1.x (libgstreamer-1.0.so.0) is not installed",
        { MissingElements.Count: > 0 } => $"GStreamer elements are missing: {string.Join(", ", MissingElements)}",
        _ => null,
    };
}
