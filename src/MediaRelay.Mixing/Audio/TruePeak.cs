namespace MediaRelay.Mixing.Audio;

/// <summary>
/// Peaks between the samples, which a converter makes of what no sample shows: four times as many points, as ITU-R BS.1770-4 Annex 2
/// asks for. Interleaved stereo at 48 kHz, block after block.
/// </summary>
internal sealed class TruePeak
{
    // Annex 2 has 12 taps for each of the four phases; these are a Kaiser-windowed sinc of the same length.
    private const int Taps = 12;
    private const int Half = Taps / 2;
    private const int Phases = 4;
    private const double KaiserBeta = 5;

    // What is below cannot reach full scale between two samples.
    private const float Quiet = 0.4f;

    private static readonly float[][] Filters = MakeFilters();

    private readonly float[] _before = new float[Taps * 2];

    /// <summary>
    /// The largest magnitude of the <paramref name="length"/> samples from <paramref name="start"/> on, and before each. What lies behind
    /// <paramref name="mix"/> counts as silence.
    /// </summary>
    public float Of(ReadOnlySpan<float> mix, int start, int length)
    {
        var peak = 0f;
        foreach (var sample in mix.Slice(start, length))
        {
            peak = Math.Max(peak, Math.Abs(sample));
        }

        if (peak < Quiet)
        {
            return peak;
        }

        for (var i = start; i < start + length; i++)
        {
            // Only beside a large sample is there a larger peak.
            if (Math.Abs(mix[i]) >= Quiet || Math.Abs(At(mix, i - 2)) >= Quiet)
            {
                peak = Math.Max(peak, Before(mix, i));
            }
        }

        return peak;
    }

    /// <summary>What came before the next block.</summary>
    public void Remember(ReadOnlySpan<float> mix) => mix[^_before.Length..].CopyTo(_before);

    private static float[][] MakeFilters()
    {
        var filters = new float[Phases - 1][];
        for (var phase = 1; phase < Phases; phase++)
        {
            filters[phase - 1] = new float[Taps];
            for (var tap = 0; tap < Taps; tap++)
            {
                var distance = tap - (Half - 1) - ((double)phase / Phases);
                var edge = distance / Half;
                var window = Bessel(KaiserBeta * Math.Sqrt(Math.Max(0, 1 - (edge * edge)))) / Bessel(KaiserBeta);
                filters[phase - 1][tap] = (float)(Math.Sin(Math.PI * distance) / (Math.PI * distance) * window);
            }
        }

        return filters;
    }

    // The modified Bessel function of the first kind and order zero, which a Kaiser window is made of.
    private static double Bessel(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; k < 25; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    // Between the sample before in the same channel and this one.
    private float Before(ReadOnlySpan<float> mix, int index)
    {
        var peak = 0f;
        foreach (var filter in Filters)
        {
            var sum = 0f;
            for (var tap = 0; tap < Taps; tap++)
            {
                sum += filter[tap] * At(mix, index + (2 * (tap - Half)));
            }

            peak = Math.Max(peak, Math.Abs(sum));
        }

        return peak;
    }

    private float At(ReadOnlySpan<float> mix, int index) =>
        index < -_before.Length || index >= mix.Length ? 0 : index < 0 ? _before[_before.Length + index] : mix[index];
}
