using MediaRelay.Testing.Probes.Reports;
using MediaRelay.Testing.Probes.Sources;

namespace MediaRelay.Testing.Tests.Probes;

public sealed class ProbeSoundTests
{
    private const int Second = ProbeVoice.SampleRate;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Write_AnyStretch_ContinuesTheOneBefore(int source)
    {
        var whole = new short[2 * Second];
        ProbeVoice.Write(source, Second / 2, whole);
        var parts = new short[2 * Second];
        ProbeVoice.Write(source, Second / 2, parts.AsSpan(0, 2 * 960));
        ProbeVoice.Write(source, (Second / 2) + 960, parts.AsSpan(2 * 960));
        Assert.Equal(whole, parts);
    }

    [Fact]
    public void Levels_AllVoicesAtOnce_TellThemApart()
    {
        var mix = Mix(0, 1, 3);
        for (var source = 0; source < ProbeVoice.Voices; source++)
        {
            // Away from the bursts.
            var levels = ToneMeter.Levels(mix.AsSpan(Second / 2, 4_800), ProbeVoice.ToneOf(source), window: 240, step: 48);
            Assert.All(levels, level => Assert.InRange(level, source == 2 ? 0 : 2_390, source == 2 ? 10 : 2_410));
        }
    }

    [Fact]
    public void HannLevel_ToneBesideALoudOne_SeesAHundredthOfIt()
    {
        var samples = new short[9_600];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)((8_000 * Math.Sin(2 * Math.PI * 600 * i / Second)) + (40 * Math.Sin(2 * Math.PI * 400 * i / Second)));
        }

        Assert.InRange(ToneMeter.HannLevel(samples, 400), 36, 44);
        Assert.InRange(ToneMeter.HannLevel(samples, 600), 7_950, 8_050);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(4_801)]
    public void FindBurst_AmongOtherVoices_FindsWhereItBegins(int shift)
    {
        var mix = Mix(0, 1, 2, 3);
        for (var source = 0; source < ProbeVoice.Voices; source++)
        {
            var from = Second - 6_000 - shift;
            var found = ToneMeter.FindBurst(mix.AsSpan(from, 14_000), ProbeVoice.BurstOf(source), ProbeVoice.BurstAmplitude);
            Assert.NotNull(found);

            // Half a millisecond.
            Assert.InRange(found.Value - (6_000 + shift), -24, 24);
        }
    }

    [Fact]
    public void FindBurst_OfAnother_FindsNone() =>
        Assert.Null(ToneMeter.FindBurst(Mix(0).AsSpan(Second - 6_000, 14_000), ProbeVoice.BurstOf(1), ProbeVoice.BurstAmplitude));

    private static short[] Mix(params int[] sources)
    {
        var mix = new short[2 * Second];
        foreach (var source in sources)
        {
            var samples = new short[2 * mix.Length];
            ProbeVoice.Write(source, 0, samples);
            for (var i = 0; i < mix.Length; i++)
            {
                mix[i] += samples[2 * i];
            }
        }

        return mix;
    }
}
