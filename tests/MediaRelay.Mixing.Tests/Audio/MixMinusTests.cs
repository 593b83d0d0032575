using MediaRelay.Mixing.Audio;
using MediaRelay.Mixing.Codecs;
using Xunit.Abstractions;

namespace MediaRelay.Mixing.Tests.Audio;

/// <summary>What of a host's own voice is in what it hears, through the mix, the limiter and Opus.</summary>
public sealed class MixMinusTests(ITestOutputHelper output)
{
    private const int Blocks = 75;
    private static readonly double[] Frequencies = [443, 1_009, 1_721, 2_437];

    [Theory]
    [InlineData(2, 4_000)]
    [InlineData(3, 4_000)]
    [InlineData(4, 24_000)]
    public void Return_OfAnyHost_HasTheOthersAndNothingOfItsOwn(int hosts, double amplitude)
    {
        var programme = Listen(hosts, except: -1, amplitude);
        for (var host = 0; host < hosts; host++)
        {
            var heard = Listen(hosts, host, amplitude);
            for (var tone = 0; tone < hosts; tone++)
            {
                var level = Decibels(Level(heard, Frequencies[tone]) / Level(programme, Frequencies[tone]));
                output.WriteLine($"{hosts} hosts at {amplitude}: host {host} hears {tone} at {level:F1} dB");
                if (tone == host)
                {
                    Assert.True(level < -60, $"host {host} hears itself at {level:F1} dB");
                }
                else
                {
                    Assert.InRange(level, -1, 12);
                }
            }
        }
    }

    private static short[] Listen(int hosts, int except, double amplitude)
    {
        var tones = Array.ConvertAll(Frequencies[..hosts], frequency => new ToneSource(frequency, amplitude));
        var limiter = new Limiter();
        using var encoder = new AudioEncoder(96, new CodecElements());
        using var decoder = AudioDecoder.Create(new CodecElements());
        var mix = new float[AudioEncoder.Frames * 2];
        var samples = new short[mix.Length];
        var heard = new List<short>();
        for (var block = 0; block < Blocks; block++)
        {
            var sources = Array.ConvertAll(
                tones, tone => Array.ConvertAll(tone.Next(AudioEncoder.Frames), static sample => sample / 32_768f));
            AudioMixer.Mix(sources, except, mix);
            limiter.Process(mix, samples);
            heard.AddRange(decoder.Decode(encoder.Encode(samples), AudioEncoder.Frames));
        }

        // The encoder finds its way in the first half second.
        return ToneSource.Left(heard)[24_000..];
    }

    // Hann, so that nothing of the other tones leaks into the measure.
    private static double Level(short[] samples, double frequency)
    {
        var (real, imaginary) = (0.0, 0.0);
        for (var i = 0; i < samples.Length; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * frequency * i / AudioDecoder.SampleRate);
            var value = samples[i] * (1 - Math.Cos(2 * Math.PI * i / samples.Length));
            real += value * cos;
            imaginary += value * sin;
        }

        return Math.Sqrt((real * real) + (imaginary * imaginary)) * 2 / samples.Length;
    }

    private static double Decibels(double ratio) => 20 * Math.Log10(ratio);
}
