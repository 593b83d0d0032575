namespace MediaRelay.Mixing.Audio;

/// <summary>
/// Keeps a mix below full scale without cutting peaks off: the gain goes down before a peak and slowly up after it.
/// Looks ahead within the block that it is given, so it adds no delay. One per output.
/// </summary>
internal sealed class Limiter
{
    /// <summary>Largest peak that leaves, between samples too: −1 dBTP, room for what Opus adds at peaks.</summary>
    public const float Ceiling = 0.89f;

    // 2.5 ms at 48 kHz.
    private const int StepFrames = 120;

    // Back to full gain in about 200 ms.
    private const float ReleasePerStep = 0.0125f;

    private readonly TruePeak _peak = new();
    private float _gain = 1;

    /// <summary>
    /// Scales <paramref name="mix"/> (interleaved stereo, whole steps of 120 samples per channel) into 16-bit samples.
    /// </summary>
    public void Process(ReadOnlySpan<float> mix, Span<short> target)
    {
        const int StepLength = StepFrames * 2;
        var required = RequiredGain(mix, 0);

        // The block before could not see this one's first peak.
        _gain = Math.Min(_gain, required);
        for (var start = 0; start < mix.Length; start += StepLength)
        {
            var step = mix.Slice(start, StepLength);
            var next = start + StepLength < mix.Length ? RequiredGain(mix, start + StepLength) : 1;
            var end = Math.Min(Math.Min(required, next), _gain + ReleasePerStep);
            Apply(step, target.Slice(start, StepLength), _gain, end);
            _gain = end;
            required = next;
        }

        _peak.Remember(mix);
    }

    private float RequiredGain(ReadOnlySpan<float> mix, int start)
    {
        var peak = _peak.Of(mix, start, Math.Min(StepFrames * 2, mix.Length - start));
        return peak > Ceiling ? Ceiling / peak : 1;
    }

    private static void Apply(ReadOnlySpan<float> samples, Span<short> target, float from, float to)
    {
        var slope = (to - from) / StepFrames;
        for (var i = 0; i < StepFrames; i++)
        {
            var gain = (from + (slope * i)) * 32_767;
            target[2 * i] = (short)(samples[2 * i] * gain);
            target[(2 * i) + 1] = (short)(samples[(2 * i) + 1] * gain);
        }
    }
}
