using MediaRelay.Mixing.Audio;

namespace MediaRelay.Mixing.Tests.Audio;

public sealed class LoudnessLevellerTests
{
    // What the noise's loudness is as it comes, in LUFS; 0 while that is being measured.
    private static readonly double Unscaled = MeasureUnscaled();

    private readonly Random _random = new(7);
    private double _state;

    [Fact]
    public void Process_HostsSixteenDecibelsApart_SoundEquallyLoud()
    {
        double[] levels = [-30, -23, -18, -14];
        var heard = Array.ConvertAll(levels, level => LoudnessAfter(new LoudnessLeveller(-18), level, seconds: 20));
        Assert.InRange(heard.Max() - heard.Min(), 0, 2);
        Assert.All(heard, loudness => Assert.InRange(loudness, -19, -17));
    }

    [Fact]
    public void Process_FirstTwoSeconds_MoveByThreeDecibelsAtMost()
    {
        var leveller = new LoudnessLeveller(-18);
        LoudnessAfter(leveller, -30, seconds: 2);
        Assert.InRange(leveller.GainDb, 0, 3.001);
        LoudnessAfter(leveller, -30, seconds: 4);
        Assert.InRange(leveller.GainDb, 8, 12);
    }

    [Fact]
    public void Process_PauseWithNoise_StandsStill()
    {
        var leveller = new LoudnessLeveller(-18);
        LoudnessAfter(leveller, -28, seconds: 15);
        var before = leveller.GainDb;
        LoudnessAfter(leveller, -55, seconds: 30);
        LoudnessAfter(leveller, double.NegativeInfinity, seconds: 5);
        Assert.InRange(leveller.GainDb, before - 0.1, before + 0.1);
    }

    [Fact]
    public void Process_VoiceThatStaysTwelveDecibelsSofter_IsFollowed()
    {
        var leveller = new LoudnessLeveller(-18);
        LoudnessAfter(leveller, -16, seconds: 15);
        LoudnessAfter(leveller, -28, seconds: 25);
        Assert.InRange(leveller.GainDb, 9, 11);
    }

    [Fact]
    public void Process_FarTooSoft_IsRaisedByTwelveDecibelsAtMost()
    {
        var leveller = new LoudnessLeveller(-18);
        LoudnessAfter(leveller, -45, seconds: 30);
        Assert.InRange(leveller.GainDb, 11.5, LoudnessLeveller.MaxGain);
    }

    [Fact]
    public void Process_InSteadyState_AllocatesNothing()
    {
        var leveller = new LoudnessLeveller(-18);
        var block = Noise(-24);
        leveller.Process(block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            leveller.Process(block);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // Loudness of the last five seconds of noise of this level, through the leveller.
    private double LoudnessAfter(LoudnessLeveller leveller, double lufs, int seconds)
    {
        var meter = new LoudnessMeter();
        var energies = new List<double>();
        for (var i = 0; i < seconds * 50; i++)
        {
            var block = Noise(lufs);
            leveller.Process(block);
            if (i >= (seconds - 5) * 50 && meter.TryAdd(block, out var energy))
            {
                energies.Add(energy);
            }
        }

        return LoudnessMeter.Gated(energies.ToArray());
    }

    // Speech-like in spectrum: noise through a low pass, scaled so that its loudness is the given one.
    private float[] Noise(double lufs)
    {
        var scale = Math.Pow(10, (lufs - Unscaled) / 20);
        var block = new float[1_920];
        for (var i = 0; i < 960; i++)
        {
            _state = (0.9 * _state) + (0.1 * ((2 * _random.NextDouble()) - 1));
            block[2 * i] = block[(2 * i) + 1] = (float)(_state * scale);
        }

        return block;
    }

    private static double MeasureUnscaled()
    {
        var tests = new LoudnessLevellerTests();
        var meter = new LoudnessMeter();
        var energies = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            // At 0 LUFS with the loudness taken for 0, the noise is as it comes.
            if (meter.TryAdd(tests.Noise(0), out var energy))
            {
                energies.Add(energy);
            }
        }

        return LoudnessMeter.Gated(energies.ToArray());
    }
}
