using MediaRelay.Mixing.Codecs;

namespace MediaRelay.Mixing.Tests.Codecs;

public sealed class AudioCodecTests
{
    [Fact]
    public void Encode_ThenDecode_KeepsTheToneAndItsLevel()
    {
        using var encoder = new AudioEncoder(bitrateKbps: 96, new CodecElements());
        using var decoder = AudioDecoder.Create(new CodecElements());
        var tone = new ToneSource(440, amplitude: 8000);
        var heard = new List<short>();
        for (var i = 0; i < 50; i++)
        {
            var packet = encoder.Encode(tone.Next(AudioEncoder.Frames));
            Assert.InRange(packet.Length, 20, 600);
            var samples = decoder.Decode(packet, AudioEncoder.Frames);
            Assert.Equal(AudioEncoder.Frames * 2, samples.Length);
            heard.AddRange(samples);
        }

        var left = ToneSource.Left(heard).AsSpan(9_600);
        Assert.InRange(ToneSource.Level(left, 440), 7_000, 9_000);
        Assert.InRange(ToneSource.Level(left, 880), 0, 100);
    }

    [Fact]
    public void Conceal_InsideATone_MakesUpExactlyTheMissingTime()
    {
        using var encoder = new AudioEncoder(bitrateKbps: 96, new CodecElements());
        using var decoder = AudioDecoder.Create(new CodecElements());
        var tone = new ToneSource(440, amplitude: 8000);
        for (var i = 0; i < 40; i++)
        {
            var packet = encoder.Encode(tone.Next(AudioEncoder.Frames));
            var samples = i % 10 == 9 ? decoder.Conceal(AudioEncoder.Frames) : decoder.Decode(packet, AudioEncoder.Frames);
            Assert.Equal(AudioEncoder.Frames * 2, samples.Length);
            if (i == 9)
            {
                Assert.True(ToneSource.Level(ToneSource.Left(samples.ToArray()), 440) > 2_000, "the gap is silent");
            }
        }
    }

    [Fact]
    public void Decode_Garbage_GivesSilenceOrNothingAndTheNextPacketDecodes()
    {
        using var encoder = new AudioEncoder(bitrateKbps: 96, new CodecElements());
        using var decoder = AudioDecoder.Create(new CodecElements());
        var random = new Random(11);
        var garbage = new byte[60];
        for (var i = 0; i < 30; i++)
        {
            random.NextBytes(garbage);
            decoder.Decode(garbage, AudioEncoder.Frames);
        }

        var tone = new ToneSource(440, amplitude: 8000);
        ReadOnlySpan<short> samples = default;
        for (var i = 0; i < 5; i++)
        {
            samples = decoder.Decode(encoder.Encode(tone.Next(AudioEncoder.Frames)), AudioEncoder.Frames);
        }

        Assert.InRange(ToneSource.Level(ToneSource.Left(samples.ToArray()), 440), 6_000, 9_500);
    }
}
