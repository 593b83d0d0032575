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

    [Theory]
    [InlineData(12_000, Math.PI / 4)]
    [InlineData(8_000, Math.PI / 6)]
    [InlineData(997, 0)]
    public void Process_PeaksBetweenSamples_StayBelowOneDecibelUnderFullScale(double frequency, double phase)
    {
        var limiter = new Limiter();
        var samples = new short[BlockLength];
        var heard = new List<short>();
        for (var block = 0; block < 25; block++)
        {
            var mix = new float[BlockLength];
            for (var i = 0; i < BlockLength / 2; i++)
            {
                var at = (block * BlockLength / 2) + i;
                mix[2 * i] = mix[(2 * i) + 1] = (float)(1.2 * Math.Sin((2 * Math.PI * frequency * at / 48_000) + phase));
            }

            limiter.Process(mix, samples);
            heard.AddRange(samples);
        }

        // By a sinc of its own, long enough to be exact; without its edges.
        var left = ToneSource.Left(heard);
        var peak = 0.0;
        for (var i = 2_000; i < 3_000; i++)
        {
            for (var phaseOfFour = 0; phaseOfFour < 4; phaseOfFour++)
            {
                var sum = 0.0;
                for (var tap = -200; tap <= 200; tap++)
                {
                    var distance = tap - (phaseOfFour / 4.0);
                    var sinc = distance == 0 ? 1 : Math.Sin(Math.PI * distance) / (Math.PI * distance);
                    sum += left[i + tap] / 32_768.0 * sinc * 0.5 * (1 + Math.Cos(Math.PI * distance / 201));
                }

                peak = Math.Max(peak, Math.Abs(sum));
            }
        }

        Assert.InRange(20 * Math.Log10(peak), -2.5, -1);
    }

    [Fact]
    public void Process_LoudTone_HasLessThanATenthOfAPercentOfHarmonics()
    {
        var limiter = new Limiter();
        var samples = new short[BlockLength];
        var heard = new List<short>();
        for (var block = 0; block < 75; block++)
        {
            limiter.Process(Tone(2, 1_000, block), samples);
            heard.AddRange(samples);
        }

        var left = ToneSource.Left(heard).AsSpan(24_000);
        var fundamental = ToneSource.Level(left, 1_000);
        var harmonics = 0.0;
        for (var order = 2; order <= 10; order++)
        {
            harmonics += Math.Pow(ToneSource.Level(left, order * 1_000), 2);
        }

        Assert.InRange(Math.Sqrt(harmonics) / fundamental, 0, 0.001);
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
