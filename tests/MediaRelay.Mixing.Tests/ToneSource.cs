namespace MediaRelay.Mixing.Tests;

/// <summary>
/// A sine tone at 48 kHz, the same in both channels, which swells and falls to nothing as often as wanted; and the measure that finds it again.
/// </summary>
internal sealed class ToneSource(double frequency, double amplitude, double swellsPerSecond = 0)
{
    private const int SampleRate = 48_000;
    private long _position;

    /// <summary>The next samples, interleaved L R.</summary>
    public short[] Next(int frames)
    {
        var samples = new short[frames * 2];
        for (var i = 0; i < frames; i++, _position++)
        {
            var swell = swellsPerSecond == 0 ? 1 : 0.5 - (0.5 * Math.Cos(2 * Math.PI * swellsPerSecond * _position / SampleRate));
            var value = (short)(amplitude * swell * Math.Sin(2 * Math.PI * frequency * _position / SampleRate));
            samples[2 * i] = value;
            samples[(2 * i) + 1] = value;
        }

        return samples;
    }

    public static short[] Left(IReadOnlyList<short> interleaved)
    {
        var left = new short[interleaved.Count / 2];
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = interleaved[2 * i];
        }

        return left;
    }

    /// <summary>Amplitude of <paramref name="frequency"/> in <paramref name="samples"/> (Goertzel).</summary>
    public static double Level(ReadOnlySpan<short> samples, double frequency)
    {
        var coefficient = 2 * Math.Cos(2 * Math.PI * frequency / SampleRate);
        double s1 = 0, s2 = 0;
        foreach (var sample in samples)
        {
            (s1, s2) = (sample + (coefficient * s1) - s2, s1);
        }

        var power = (s1 * s1) + (s2 * s2) - (coefficient * s1 * s2);
        return 2 * Math.Sqrt(Math.Max(0, power)) / samples.Length;
    }

    /// <summary>
    /// Amplitude of <paramref name="frequency"/> in each 40 ms, sorted. Short windows (Hann) still find a tone whose
    /// pitch is off by the 2 % that a mix may stretch it, or which has a gap somewhere.
    /// </summary>
    public static double[] SortedLevels(ReadOnlySpan<short> samples, double frequency)
    {
        const int Window = 1_920;
        var levels = new List<double>();
        var windowed = new short[Window];
        for (; samples.Length >= Window; samples = samples[Window..])
        {
            for (var i = 0; i < Window; i++)
            {
                windowed[i] = (short)(samples[i] * 0.5 * (1 - Math.Cos(2 * Math.PI * i / Window)));
            }

            // The window halves the mean amplitude.
            levels.Add(2 * Level(windowed, frequency));
        }

        levels.Sort();
        return [.. levels];
    }
}
