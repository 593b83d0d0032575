using System.Collections.Concurrent;
using MediaRelay.Protocols.Payloads;

namespace MediaRelay.Mixing.Slates;

/// <summary>
/// Slates that come with the program, for when there is no GStreamer and until a merchant's own is encoded. Made by
/// <c>tools/make-slates</c>.
/// </summary>
public static class GenericSlates
{
    private static readonly ConcurrentDictionary<(VideoCodec Codec, bool Portrait), Slate> Loaded = new();

    /// <summary>The slate “Stand by · 稍候” in that codec and orientation (720 × 1280 or 1280 × 720).</summary>
    public static Slate Get(VideoCodec codec, bool portrait) => Loaded.GetOrAdd((codec, portrait), Load);

    private static Slate Load((VideoCodec Codec, bool Portrait) key)
    {
        var orientation = key.Portrait ? "portrait" : "landscape";
        var name = $"MediaRelay.Mixing.Slates.standby-{orientation}-{key.Codec.ToString().ToLowerInvariant()}.bin";
        using var stream = typeof(GenericSlates).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource '{name}' is not part of this build.");
        var data = new byte[stream.Length];
        stream.ReadExactly(data);
        return Slate.TryParse(data, out var slate)
            ? slate
            : throw new InvalidOperationException($"The resource '{name}' is damaged.");
    }
}
