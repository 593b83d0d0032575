namespace MediaRelay.Mixing.Audio;

/// <summary>
/// Brings one source's speech slowly to the loudness that all sources of a mix have. Begins at unity, so that nothing jumps when a room
/// changes to the mix, and stands still while nobody speaks. One thread processes, any reads <see cref="GainDb"/>.
/// </summary>
internal sealed class LoudnessLeveller(double targetLufs)
{
    /// <summary>dB in both directions: what a host at the wrong distance needs; more would raise the room with it.</summary>
    public const double MaxGain = 12;

    // Ten seconds of speech: a sentence said louder is not another loudness.
    private const int Memory = 100;

    // One second of speech; before that a word could be taken for the voice.
    private const int LeastBlocks = 8;

    // Up to 3 dB a second, nearly there after three: heard by nobody while somebody speaks.
    private const double MaxStep = 0.3;
    private const double Share = 0.1;

    // LUFS: the noise of a room must not be raised to speech.
    private const double QuietestSpeech = -50;

    // What stays this long below the gate, yet is no noise, is the new voice: five seconds.
    private const int LongestPause = 50;

    private readonly LoudnessMeter _meter = new();
    private readonly double[] _energies = new double[Memory];
    private int _count;
    private int _next;
    private int _belowGate;
    private double _gainDb;
    private float _gain = 1;

    /// <summary>What is applied now, −12…+12 dB.</summary>
    public double GainDb => Volatile.Read(ref _gainDb);

    /// <summary>Scales the next 20 ms of interleaved samples (±1).</summary>
    public void Process(Span<float> samples)
    {
        if (_meter.TryAdd(samples, out var energy))
        {
            Follow(energy);
        }

        var wanted = (float)Math.Pow(10, _gainDb / 20);
        if (wanted == 1 && _gain == 1)
        {
            return;
        }

        var step = (wanted - _gain) / (samples.Length / 2);
        for (var i = 0; i + 1 < samples.Length; i += 2)
        {
            _gain += step;
            samples[i] *= _gain;
            samples[i + 1] *= _gain;
        }

        _gain = wanted;
    }

    private void Follow(double energy)
    {
        if (LoudnessMeter.ToLoudness(energy) < QuietestSpeech)
        {
            _belowGate = 0;
            return;
        }

        var known = LoudnessMeter.Gated(_energies.AsSpan(0, _count));
        if (_count > 0 && LoudnessMeter.ToLoudness(energy) < known + LoudnessMeter.RelativeGate)
        {
            if (++_belowGate < LongestPause)
            {
                return;
            }

            (_count, _next) = (0, 0);
        }

        _belowGate = 0;
        _energies[_next] = energy;
        _next = (_next + 1) % Memory;
        _count = Math.Min(_count + 1, Memory);
        if (_count < LeastBlocks)
        {
            return;
        }

        var wanted = Math.Clamp(targetLufs - LoudnessMeter.Gated(_energies.AsSpan(0, _count)), -MaxGain, MaxGain);
        var gain = _gainDb + Math.Clamp((wanted - _gainDb) * Share, -MaxStep, MaxStep);
        Volatile.Write(ref _gainDb, gain);
    }
}
