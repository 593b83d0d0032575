namespace MediaRelay.Mixing.Audio;

/// <summary>
/// Plays a <see cref="SampleRing"/> at the position that the session's clock asks for. Small errors (two crystals, a
/// changed delay) are made up by playing up to 3 % faster or slower; large ones (a new start) by a jump that fades in.
/// </summary>
internal sealed class SampleReader
{
    private const double SampleRate = 48_000;

    // Delays change by 2 % of the time that passes; with a little more the sound catches up with them.
    private const double MaxStretch = 0.03;

    // Of the error, per second: following a delay that changes, the sound is 10 ms behind it.
    private const double Correction = 2;

    // 0.5 ms: far below what lip sync or an echo between hosts would show.
    private const double Deadband = 24;

    // 80 ms: stretching that away would take three seconds, during which lips and sound are apart.
    private const double JumpThreshold = 3_840;
    private const int FadeFrames = 240;

    private double _position = double.NaN;
    private double _error;
    private bool _isStretching;

    /// <summary>How far the sound lagged behind (+) what was asked at the last read, in samples. Any thread.</summary>
    public double Error
    {
        get => Volatile.Read(ref _error);
        private set => Volatile.Write(ref _error, value);
    }

    /// <summary>Source position behind the last sample read, or NaN before the first.</summary>
    public double Position => _position;

    /// <summary>
    /// Reads the next interleaved samples, which should begin at source position <paramref name="wanted"/>.
    /// </summary>
    public void Read(SampleRing ring, double wanted, Span<float> target)
    {
        var frames = target.Length / 2;
        Error = wanted - _position;

        // Stretching would take seconds in which there is nothing to play: the delay has just grown because sound came
        // too late.
        var hasRunDry = Error < -Deadband && ring.End < _position + frames + SampleRing.Reach;
        if (double.IsNaN(_position) || Math.Abs(Error) > JumpThreshold || hasRunDry)
        {
            _position = Math.Round(wanted);
            _isStretching = false;
            Error = 0;
            ring.Read(_position, 1, target);
            _position += frames;
            FadeIn(target);
            return;
        }

        // Begun at 1 ms it goes on until the error is gone, so that it does not switch on and off at the threshold.
        _isStretching = _isStretching ? Math.Abs(Error) > 1 : Math.Abs(Error) > 2 * Deadband;
        var rate = 1.0;
        if (_isStretching)
        {
            rate += Math.Clamp(Error * Correction / SampleRate, -MaxStretch, MaxStretch);
        }
        else
        {
            _position = Math.Round(_position);
        }

        ring.Read(_position, rate, target);
        _position += frames * rate;
    }

    public void Reset() => _position = double.NaN;

    private static void FadeIn(Span<float> samples)
    {
        var frames = Math.Min(FadeFrames, samples.Length / 2);
        for (var i = 0; i < frames; i++)
        {
            var gain = (float)i / frames;
            samples[2 * i] *= gain;
            samples[(2 * i) + 1] *= gain;
        }
    }
}
