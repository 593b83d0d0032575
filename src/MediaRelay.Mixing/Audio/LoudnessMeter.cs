namespace MediaRelay.Mixing.Audio;

/// <summary>
/// Loudness of stereo sound at 48 kHz as ITU-R BS.1770-4 and EBU R 128 define it: blocks of 400 ms, one each 100 ms, those of pauses left
/// out. Keeps no blocks: what to take the loudness of is the caller's choice.
/// </summary>
internal sealed class LoudnessMeter
{
    /// <summary>LUFS; what is below is silence.</summary>
    public const double AbsoluteGate = -70;

    /// <summary>LU below the mean of what is not silence; what is below is a pause.</summary>
    public const double RelativeGate = -10;

    private const int StepFrames = 4_800;
    private const int StepsPerBlock = 4;

    private readonly double[] _steps = new double[StepsPerBlock];
    private KWeighting _left;
    private KWeighting _right;
    private double _sum;
    private int _frames;
    private long _count;

    public static double ToLoudness(double energy) => -0.691 + (10 * Math.Log10(energy));

    public static double ToEnergy(double loudness) => Math.Pow(10, (loudness + 0.691) / 10);

    /// <summary>Loudness of all blocks that are above both gates, in LUFS; negative infinity when there is none.</summary>
    public static double Gated(ReadOnlySpan<double> energies)
    {
        var floor = ToEnergy(AbsoluteGate);
        var relative = MeanAbove(energies, floor) * Math.Pow(10, RelativeGate / 10);
        return ToLoudness(MeanAbove(energies, Math.Max(floor, relative)));
    }

    /// <summary>
    /// Takes interleaved samples (±1), at most 100 ms; true when another block ended, with its mean square, weighted and summed over both
    /// channels.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<float> samples, out double energy)
    {
        energy = 0;
        var hasEnded = false;
        for (var i = 0; i + 1 < samples.Length; i += 2)
        {
            var left = _left.Filter(samples[i]);
            var right = _right.Filter(samples[i + 1]);
            _sum += (left * left) + (right * right);
            if (++_frames == StepFrames)
            {
                hasEnded |= EndStep(out energy);
            }
        }

        _left.Settle();
        _right.Settle();
        return hasEnded;
    }

    private static double MeanAbove(ReadOnlySpan<double> energies, double threshold)
    {
        var (sum, count) = (0.0, 0);
        foreach (var energy in energies)
        {
            if (energy > threshold)
            {
                sum += energy;
                count++;
            }
        }

        return count == 0 ? 0 : sum / count;
    }

    private bool EndStep(out double energy)
    {
        _steps[_count++ % StepsPerBlock] = _sum / StepFrames;
        (_sum, _frames) = (0, 0);
        energy = 0;
        foreach (var step in _steps)
        {
            energy += step / StepsPerBlock;
        }

        return _count >= StepsPerBlock;
    }
}
