using MediaRelay.Protocols.Bandwidth;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class ReportedRateTests
{
    private readonly ReportedRate _rate = new();

    [Theory]
    [InlineData(0)]
    [InlineData(-10_000_000)] // a receiver's time may be below zero
    public void GetBitsPerSecond_SteadyPackets_IsTheirRate(long start)
    {
        Add(start, start + 2_000_000, everyMicroseconds: 10_000, bytes: 1_000);

        Assert.Equal(800_000, _rate.GetBitsPerSecond(500));
        Assert.Equal(800_000, _rate.GetBitsPerSecond(150));
    }

    [Fact]
    public void GetBitsPerSecond_AfterAChange_ShortWindowFollowsFirst()
    {
        Add(0, 1_000_000, 10_000, 1_000);
        Add(1_000_000, 1_200_000, 10_000, 100);

        Assert.Equal(80_000, _rate.GetBitsPerSecond(150));
        Assert.InRange(_rate.GetBitsPerSecond(500), 500_000, 700_000);
    }

    [Fact]
    public void GetBitsPerSecond_TimeThatFeedbackDoesNotTellOf_IsLeftOut()
    {
        Add(0, 1_000_000, 10_000, 1_000);
        _rate.MarkUnknown(1_000_000, 1_150_000);
        Add(1_160_000, 1_400_000, 10_000, 1_000);

        Assert.Equal(800_000, _rate.GetBitsPerSecond(500));
    }

    [Fact]
    public void GetBitsPerSecond_LittleKnown_IsZero()
    {
        Assert.Equal(0, _rate.GetBitsPerSecond(500));
        Add(0, 100_000, 10_000, 1_000);
        Assert.Equal(0, _rate.GetBitsPerSecond(500));

        Add(100_000, 1_000_000, 10_000, 1_000);
        _rate.MarkUnknown(1_000_000, 1_400_000);
        Assert.Equal(0, _rate.GetBitsPerSecond(500));
    }

    [Fact]
    public void Add_TimesFarApart_StartsAnewWithoutCountingThrough()
    {
        _rate.Add(0, 1_000);
        _rate.Add(long.MaxValue / 2, 1_000);
        _rate.Add(0, 1_000);

        Assert.Equal(0, _rate.GetBitsPerSecond(500));
    }

    private void Add(long from, long to, long everyMicroseconds, int bytes)
    {
        for (var time = from; time < to; time += everyMicroseconds)
        {
            _rate.Add(time, bytes);
        }
    }
}
