namespace MediaRelay.Mixing.Audio;

/// <summary>
/// The last second of one source's sound: 16-bit samples at 48 kHz, stereo, found by their position on the source's own
/// timeline (its unwrapped RTP timestamp). One thread at a time.
/// </summary>
internal sealed class SampleRing
{
    /// <summary>Samples per channel that are kept; a power of two, 1.4 s.</summary>
    public const int Capacity = 65_536;

    /// <summary>Samples needed on each side of a fractional position (cubic interpolation).</summary>
    public const int Reach = 2;

    private readonly short[] _samples = new short[Capacity * 2];

    /// <summary>Position behind the last sample written.</summary>
    public long End { get; private set; }

    /// <summary>Starts over at <paramref name="position"/>, with silence before it.</summary>
    public void Reset(long position)
    {
        Array.Clear(_samples);
        End = position;
    }

    /// <summary>Appends interleaved samples at <see cref="End"/>.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var at = Index(End);
            var count = Math.Min(samples.Length, _samples.Length - at);
            samples[..count].CopyTo(_samples.AsSpan(at));
            samples = samples[count..];
            End += count / 2;
        }
    }

    /// <summary>Appends silence up to <paramref name="position"/>.</summary>
    public void WriteSilence(long position)
    {
        if (position - End >= Capacity)
        {
            Reset(position);
            return;
        }

        for (; End < position; End++)
        {
            _samples[Index(End)] = 0;
            _samples[Index(End) + 1] = 0;
        }
    }

    /// <summary>
    /// Lets what was written from <paramref name="position"/> on rise from silence within <paramref name="frames"/>
    /// samples, or fall to it.
    /// </summary>
    public void Ramp(long position, int frames, bool isRising)
    {
        for (var i = 0; i < frames && position + i < End; i++)
        {
            var at = Index(position + i);
            var gain = (isRising ? i : frames - 1 - i) / (float)frames;
            _samples[at] = (short)(_samples[at] * gain);
            _samples[at + 1] = (short)(_samples[at + 1] * gain);
        }
    }

    /// <summary>
    /// Reads <paramref name="target"/>.Length / 2 samples per channel from <paramref name="position"/> on, scaled to
    /// ±1, advancing
    /// <paramref name="rate"/> source samples for each. What is not there (not yet, or no more) is silence.
    /// </summary>
    public void Read(double position, double rate, Span<float> target)
    {
        var frames = target.Length / 2;
        if (rate == 1 && position == Math.Floor(position))
        {
            Copy((long)position, target);
            return;
        }

        for (var i = 0; i < frames; i++, position += rate)
        {
            var whole = (long)Math.Floor(position);
            var t = (float)(position - whole);
            if (whole - Reach < End - Capacity || whole + Reach >= End)
            {
                target[2 * i] = 0;
                target[(2 * i) + 1] = 0;
                continue;
            }

            var (a, b, c, d) = (Index(whole - 1), Index(whole), Index(whole + 1), Index(whole + 2));
            target[2 * i] = Cubic(_samples[a], _samples[b], _samples[c], _samples[d], t);
            target[(2 * i) + 1] = Cubic(_samples[a + 1], _samples[b + 1], _samples[c + 1], _samples[d + 1], t);
        }
    }

    private static int Index(long position) => (int)(position & (Capacity - 1)) * 2;

    // Catmull-Rom: passes through the samples, and its error at speech frequencies is below what 16 bits resolve.
    private static float Cubic(float a, float b, float c, float d, float t)
    {
        var value = b + (0.5f * t * (c - a + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a))))));
        return value * (1f / 32_768);
    }

    private void Copy(long position, Span<float> target)
    {
        for (var i = 0; i < target.Length / 2; i++, position++)
        {
            var isThere = position < End && position >= End - Capacity;
            var at = Index(position);
            target[2 * i] = isThere ? _samples[at] * (1f / 32_768) : 0;
            target[(2 * i) + 1] = isThere ? _samples[at + 1] * (1f / 32_768) : 0;
        }
    }
}
