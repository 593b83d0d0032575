using MediaRelay.Mixing.Audio;

namespace MediaRelay.Mixing.Tests.Audio;

public sealed class SampleReaderTests
{
    private const int Block = 960;

    [Fact]
    public void Read_AtTheWantedPosition_GivesTheSamplesThemselves()
    {
        var ring = new SampleRing();
        ring.Reset(1_000_000);
        var tone = new ToneSource(440, 8_000).Next(4_800);
        ring.Write(tone);
        var reader = new SampleReader();
        var target = new float[Block * 2];
        reader.Read(ring, 1_000_000, target);
        reader.Read(ring, 1_000_000 + Block, target);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(tone[(Block * 2) + i] / 32_768f, target[i]);
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-300)]
    public void Read_ClocksApart_CatchesUpWithinSecondsWithoutAJump(int error)
    {
        var ring = new SampleRing();
        ring.Reset(0);
        var tone = new ToneSource(440, 8_000);
        ring.Write(tone.Next(Block * 20));
        var reader = new SampleReader();
        var target = new float[Block * 2];
        var last = 0f;
        var largest = 0f;
        for (var block = 0; block < 400; block++)
        {
            ring.Write(tone.Next(Block));
            reader.Read(ring, (block * Block) + 2_000 + (block == 0 ? 0 : error), target);
            for (var i = block == 0 ? target.Length : 0; i < target.Length; i += 2)
            {
                largest = Math.Max(largest, Math.Abs(target[i] - last));
                last = target[i];
            }

            last = target[^2];
        }

        Assert.InRange(reader.Error, -50, 50);

        // The steepest step of the tone itself is 2π · 440 / 48000 · 8000 / 32768 = 0.0141.
        Assert.InRange(largest, 0.01, 0.016);
    }

    [Fact]
    public void Read_WhereNothingIs_IsSilent()
    {
        var ring = new SampleRing();
        ring.Reset(0);
        ring.Write(new ToneSource(440, 8_000).Next(Block));
        var reader = new SampleReader();
        var target = new float[Block * 2];
        reader.Read(ring, 500_000, target);
        Assert.All(target, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void WriteSilence_LongerThanTheRing_StartsOver()
    {
        var ring = new SampleRing();
        ring.Reset(0);
        ring.Write(new ToneSource(440, 8_000).Next(Block));
        ring.WriteSilence(10_000_000);
        Assert.Equal(10_000_000, ring.End);
        var target = new float[Block * 2];
        ring.Read(10_000_000 - Block, 1, target);
        Assert.All(target, sample => Assert.Equal(0, sample));
    }
}
