using System.Numerics;

namespace MediaRelay.Mixing.Audio;

/// <summary>Sums the sources' sound: all of it for viewers, all but a host's own for that host.</summary>
internal static class AudioMixer
{
    /// <summary>
    /// Sums <paramref name="sources"/> (equally long, ±1) into <paramref name="target"/>, leaving out the one at
    /// <paramref name="except"/>; −1 leaves none out. Leaving out is not adding, so nothing of the own voice remains.
    /// </summary>
    public static void Mix(ReadOnlySpan<float[]> sources, int except, Span<float> target)
    {
        target.Clear();
        for (var i = 0; i < sources.Length; i++)
        {
            if (i != except)
            {
                Add(sources[i].AsSpan(0, target.Length), target);
            }
        }
    }

    private static void Add(ReadOnlySpan<float> source, Span<float> target)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= target.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(target[i..]) + new Vector<float>(source[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += source[i];
        }
    }
}
