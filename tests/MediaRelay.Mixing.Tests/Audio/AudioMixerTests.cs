using MediaRelay.Mixing.Audio;

namespace MediaRelay.Mixing.Tests.Audio;

public sealed class AudioMixerTests
{
    [Fact]
    public void Mix_LeavingOneOut_HasTheOthersAndNothingOfIt()
    {
        var sources = new float[3][];
        double[] frequencies = [440, 880, 1_320];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = Array.ConvertAll(new ToneSource(frequencies[i], 8_000).Next(9_600), sample => sample / 32_768f);
        }

        var mix = new float[9_600 * 2];
        AudioMixer.Mix(sources, except: 1, mix);
        var left = ToneSource.Left(Array.ConvertAll(mix, sample => (short)(sample * 32_768)));
        Assert.InRange(ToneSource.Level(left, 440), 7_900, 8_100);
        Assert.InRange(ToneSource.Level(left, 1_320), 7_900, 8_100);

        // −40 dB of 8,000 is 80.
        Assert.InRange(ToneSource.Level(left, 880), 0, 8);
    }

    [Fact]
    public void Mix_All_HasEveryTone()
    {
        float[][] sources = [[0.25f, -0.25f], [0.5f, 0.125f]];
        var mix = new float[] { 9, 9 };
        AudioMixer.Mix(sources, except: -1, mix);
        Assert.Equal([0.75f, -0.125f], mix);
    }
}
