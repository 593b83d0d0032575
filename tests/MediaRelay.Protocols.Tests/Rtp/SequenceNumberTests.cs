using MediaRelay.Protocols.Rtp;

namespace MediaRelay.Protocols.Tests.Rtp;

public class SequenceNumberTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0xFFFF, 0, 1)]
    [InlineData(0, 0xFFFF, -1)]
    [InlineData(0x8000, 0, -32768)]
    [InlineData(10, 10, 0)]
    public void DistanceTo_AcrossTheWrap_IsTheShorterWay(ushort from, ushort to, int expected) =>
        Assert.Equal(expected, new SequenceNumber(from).DistanceTo(new SequenceNumber(to)));

    [Fact]
    public void IsNewerThan_AcrossTheWrap_FollowsTheOrderOfSending()
    {
        Assert.True(new SequenceNumber(2).IsNewerThan(new SequenceNumber(0xFFFE)));
        Assert.False(new SequenceNumber(0xFFFE).IsNewerThan(new SequenceNumber(2)));
        Assert.False(new SequenceNumber(2).IsNewerThan(new SequenceNumber(2)));
        Assert.Equal(new SequenceNumber(0), new SequenceNumber(0xFFFF).Next);
        Assert.Equal(new SequenceNumber(0xFFFE), new SequenceNumber(1) - 3);
    }

    [Fact]
    public void RtpTimestamp_AcrossTheWrap_KeepsItsDistance()
    {
        var before = new RtpTimestamp(0xFFFF_FF00);
        var after = before + 3_000;

        Assert.Equal(3_000, before.DistanceTo(after));
        Assert.True(after.IsNewerThan(before));
        Assert.Equal(before, after - 3_000);
    }

    [Fact]
    public void SequenceUnwrapper_ThreeWrapsWithReordering_IsMonotonicButForReordering()
    {
        var unwrapper = new SequenceUnwrapper();
        for (var i = 0L; i < 200_000; i += 2)
        {
            Assert.Equal(i + 1, unwrapper.Unwrap(new SequenceNumber((ushort)(i + 1))));
            Assert.Equal(i, unwrapper.Unwrap(new SequenceNumber((ushort)i)));
        }
    }

    [Fact]
    public void SequenceUnwrapper_OlderThanTheFirst_IsNegative()
    {
        var unwrapper = new SequenceUnwrapper();

        Assert.Equal(1, unwrapper.Unwrap(1));
        Assert.Equal(-2, unwrapper.Peek(0xFFFE));
        Assert.Equal(-2, unwrapper.Unwrap(0xFFFE));
        Assert.Equal(2, unwrapper.Unwrap(2));
    }

    [Fact]
    public void TimestampUnwrapper_AcrossTheWrap_GoesOn()
    {
        var unwrapper = new TimestampUnwrapper();

        Assert.Equal(0xFFFF_FFFF, unwrapper.Unwrap(new RtpTimestamp(0xFFFF_FFFF)));
        Assert.Equal(0x1_0000_0BB7, unwrapper.Unwrap(new RtpTimestamp(2_999)));
        Assert.Equal(0xFFFF_FFFF, unwrapper.Peek(new RtpTimestamp(0xFFFF_FFFF)));
    }
}
