using MediaRelay.Protocols.Time;
using MediaRelay.Testing.Probes.Codes;

namespace MediaRelay.Testing.Tests.Probes;

public sealed class ProbeCodeTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(15, ProbeCode.Modulus - 1, ProbeCode.Modulus - 1)]
    [InlineData(2, 12_345, 678_901)]
    public void TryFromBits_WhatToBitsGave_GivesTheSame(int source, int frame, int time)
    {
        var code = new ProbeCode(source, frame, time);
        Assert.True(ProbeCode.TryFromBits(code.ToBits(), out var read));
        Assert.Equal(code, read);
    }

    [Fact]
    public void TryFromBits_AnyOneOrTwoBitsWrong_IsRefused()
    {
        var bits = new ProbeCode(3, 54_321, 99).ToBits();
        for (var one = 0; one < ProbeCode.Bits; one++)
        {
            for (var other = one; other < ProbeCode.Bits; other++)
            {
                Assert.False(ProbeCode.TryFromBits(bits ^ (1ul << one) ^ (one == other ? 0 : 1ul << other), out _));
            }
        }
    }

    [Fact]
    public void TryFromBits_AllBlocksAlike_IsRefused()
    {
        Assert.False(ProbeCode.TryFromBits(0, out _));
        Assert.False(ProbeCode.TryFromBits((1ul << ProbeCode.Bits) - 1, out _));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(13, 0)]
    [InlineData(0, 300)]
    [InlineData(32, 300)]
    public void TryFindNumber_PicturesOverSeveralWraps_AreFoundAgain(int phaseMs, int framesPerLoop)
    {
        var timeline = new ProbeTimeline(Timestamp.FromMilliseconds(5_000), TimeSpan.FromMilliseconds(phaseMs), framesPerLoop);
        for (long number = 0; number < 20_000; number += 37)
        {
            var now = timeline.CaptureOf(number) + TimeSpan.FromMilliseconds(180);
            Assert.True(timeline.TryFindNumber(timeline.CodeOf(1, number), now, out var found));
            Assert.Equal(number, found);
        }
    }

    [Fact]
    public void TryFindNumber_FrameOfAnotherTime_IsRefused()
    {
        var timeline = new ProbeTimeline(Timestamp.Zero, TimeSpan.Zero, FramesPerLoop: 0);
        var code = timeline.CodeOf(0, 100) with { Frame = 101 };
        Assert.False(timeline.TryFindNumber(code, Timestamp.FromMilliseconds(60_000), out _));
    }
}
