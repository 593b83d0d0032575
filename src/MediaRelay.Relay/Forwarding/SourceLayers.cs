namespace MediaRelay.Relay.Forwarding;

/// <summary>
/// What is known of a source's encodings: picture size, bit rate and whether they come. Written by whoever receives the source, read by
/// every loop that chooses for its viewers; each value is whole, together they may be a moment apart.
/// </summary>
public sealed class SourceLayers
{
    /// <summary>A simulcast has at most three encodings.</summary>
    public const int Max = 3;

    private readonly long[] _bitRates = new long[Max];
    private readonly int[] _pixels = new int[Max];
    private long _fullRate;

    /// <summary>
    /// Bits per second that the largest encoding has while its picture is lively; 0 where only <see cref="BitRate"/> tells. A source that
    /// says so makes its smaller encodings only while somebody wants them, so viewers begin with the largest.
    /// </summary>
    public long FullRate
    {
        get => Volatile.Read(ref _fullRate);
        internal set => Volatile.Write(ref _fullRate, value);
    }

    /// <summary>How many encodings come now.</summary>
    public int AliveCount
    {
        get
        {
            var count = 0;
            for (var layer = 0; layer < Max; layer++)
            {
                count += IsAlive(layer) ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Bits per second of the last second; 0 when the encoding does not come.</summary>
    public long BitRate(int layer) => Volatile.Read(ref _bitRates[layer]);

    /// <summary>Of the last key frame; 0 before the first one.</summary>
    public int Pixels(int layer) => Volatile.Read(ref _pixels[layer]);

    /// <summary>The encoding comes and has had a key frame.</summary>
    public bool IsAlive(int layer) => BitRate(layer) > 0 && Pixels(layer) > 0;

    /// <summary>Fills in the encodings that come, from the smallest picture to the largest, and returns how many.</summary>
    public int Ranked(Span<int> layers)
    {
        var count = 0;
        for (var layer = 0; layer < Max; layer++)
        {
            if (!IsAlive(layer))
            {
                continue;
            }

            var place = count++;
            for (; place > 0 && IsSmaller(layer, layers[place - 1]); place--)
            {
                layers[place] = layers[place - 1];
            }

            layers[place] = layer;
        }

        return count;
    }

    internal void Set(int layer, int pixels, long bitRate)
    {
        Volatile.Write(ref _pixels[layer], pixels);
        Volatile.Write(ref _bitRates[layer], bitRate);
    }

    private bool IsSmaller(int left, int right) =>
        Pixels(left) != Pixels(right) ? Pixels(left) < Pixels(right) : BitRate(left) < BitRate(right);
}
