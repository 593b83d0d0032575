using MediaRelay.Mixing.Audio;

namespace MediaRelay.Mixing.Tests.Audio;

public sealed class LimiterTests
{
    private const int BlockLength = 1_920;

    [Fact]
    public void Process_QuietSound_PassesUnchanged()
    {
        var limiter = new Limiter();
        var samples = new short[BlockLength];
        var mix = Tone(0.5f, 440, 0);
        limiter.Process(mix, samples);
        for (var i = 0; i < mix.Length; i++)
        {
            Assert.Equal((short)(mix[i] * 32_767), samples[i]);
        }
    }

    [Fact]
    public void Process_SumOfLoudSources_NeverReachesTheCeilingAndKeepsTheToneClean()
    {
        var limiter = new Limiter();
        var samples = new short[BlockLength];
        var heard = new List<short>();
        for (var block = 0; block < 50; block++)
        {
            limiter.Process(Tone(3.5f, 440, block), samples);
            Assert.All(samples, sample => Assert.InRange(Math.Abs((int)sample), 0, (int)(Limiter.Ceiling * 32_767) + 1));
            heard.AddRange(samples);
        }

        // A clipped sine has a third of its amplitude as third harmonic; a limited one next to none.
        var left = ToneSource.Left(heard).AsSpan(9_600);
        Assert.True(ToneSource.Level(left, 440) > 0.8 * Limiter.Ceiling * 32_767);
        Assert.True(ToneSource.Level(left, 1_320) < 0.01 * 32_767);
    }

    [Fact]
    public void Process_AfterAPeak_ComesBackToFullGain()
    {
        var limiter = new Limiter();
        var samples = new short[BlockLength];
        limiter.Process(Tone(4, 440, 0), samples);
        for (var block = 1; block < 20; block++)
        {
            limiter.Process(Tone(0.25f, 440, block), samples);
        }

        Assert.InRange(samples.Max(), (0.25 * 32_767) - 40, 0.25 * 32_767);
    }

    private static float[] Tone(float amplitude, double frequency, int block)
    {
        var mix = new float[BlockLength];
        for (var i = 0; i < BlockLength / 2; i++)
        {
            var value = (float)(amplitude * Math.Sin(2 * Math.PI * frequency * ((block * BlockLength / 2) + i) / 48_000));
            (mix[2 * i], mix[(2 * i) + 1]) = (value, value);
        }

        return mix;
    }
}
