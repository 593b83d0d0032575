using MediaRelay.Testing.Probes.Sources;

namespace MediaRelay.Testing.Probes.Reports;

/// <summary>How loud one frequency is over time, in windows that slide.</summary>
internal static class ToneMeter
{
    /// <summary>
    /// Amplitude of <paramref name="frequency"/> (Hz, a multiple of 200) in the <paramref name="window"/> samples from each position on.
    /// </summary>
    public static double[] Levels(ReadOnlySpan<short> samples, int frequency, int window, int step)
    {
        if (samples.Length < window)
        {
            return [];
        }

        // Sums from the beginning, so that a window is a difference of two; doubles hold a minute of them exactly enough.
        var cosines = new double[samples.Length + 1];
        var sines = new double[samples.Length + 1];
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * ((long)frequency * i % ProbeVoice.SampleRate) / ProbeVoice.SampleRate;
            cosines[i + 1] = cosines[i] + (samples[i] * Math.Cos(phase));
            sines[i + 1] = sines[i] + (samples[i] * Math.Sin(phase));
        }

        var levels = new double[((samples.Length - window) / step) + 1];
        for (var i = 0; i < levels.Length; i++)
        {
            var (from, to) = (i * step, (i * step) + window);
            levels[i] = 2 * double.Hypot(cosines[to] - cosines[from], sines[to] - sines[from]) / window;
        }

        return levels;
    }

    /// <summary>
    /// Amplitude of a frequency (Hz) in the whole of <paramref name="samples"/> through a Hann window, which keeps loud neighbours out.
    /// </summary>
    public static double HannLevel(ReadOnlySpan<short> samples, int frequency)
    {
        var (cosine, sine) = (0.0, 0.0);
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * ((long)frequency * i % ProbeVoice.SampleRate) / ProbeVoice.SampleRate;
            var value = samples[i] * 0.5 * (1 - Math.Cos(2 * Math.PI * i / samples.Length));
            cosine += value * Math.Cos(phase);
            sine += value * Math.Sin(phase);
        }

        // The window halves the mean amplitude.
        return 4 * double.Hypot(cosine, sine) / samples.Length;
    }

    /// <summary>
    /// Where in <paramref name="samples"/> a burst of <paramref name="frequency"/> begins, in samples with fractions; null when there is
    /// none that is at least half as loud as <paramref name="loudness"/>.
    /// </summary>
    public static double? FindBurst(ReadOnlySpan<short> samples, int frequency, double loudness)
    {
        const int Step = 12;
        var levels = Levels(samples, frequency, ProbeVoice.BurstLength, Step);
        var peak = Array.IndexOf(levels, levels.DefaultIfEmpty().Max());
        if (peak < 0 || levels[peak] < loudness / 2)
        {
            return null;
        }

        // As a window of the burst's own length slides over it the level is a triangle, and its middle the best estimate: the mean of
        // where it passes half the height.
        var (before, after) = (peak, peak);
        while (before > 0 && levels[before] > levels[peak] / 2)
        {
            before--;
        }

        while (after < levels.Length - 1 && levels[after] > levels[peak] / 2)
        {
            after++;
        }

        return (before + after) / 2.0 * Step;
    }
}
