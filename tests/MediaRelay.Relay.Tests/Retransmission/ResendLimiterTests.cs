using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Tests.Retransmission;

public sealed class ResendLimiterTests
{
    private const int MaxResends = 3;

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    /// <summary>A line that has become narrow: a second of packets is asked for again and again.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    [InlineData(1000)]
    public void TryTake_ManyPacketsAskedForEachRoundTrip_TakesEachThreeTimes(int packets)
    {
        var limiter = new ResendLimiter(MaxResends, TimeSpan.FromMilliseconds(20));
        var now = Timestamp.FromMilliseconds(1000);
        var taken = 0;
        for (var round = 0; round < 10; round++)
        {
            for (var sequence = 65_000; sequence < 65_000 + packets; sequence++)
            {
                taken += limiter.TryTake(now, sequence, RoundTrip) ? 1 : 0;
            }

            now += RoundTrip;
        }

        Assert.Equal(MaxResends * packets, taken);
    }

    [Fact]
    public void TryTake_WithinARoundTrip_RefusesTheSamePacketOnly()
    {
        var limiter = new ResendLimiter(MaxResends, TimeSpan.FromMilliseconds(20));
        var now = Timestamp.FromMilliseconds(1000);

        Assert.True(limiter.TryTake(now, 7, RoundTrip));
        Assert.False(limiter.TryTake(now + (RoundTrip / 2), 7, RoundTrip));
        Assert.True(limiter.TryTake(now + (RoundTrip / 2), 8, RoundTrip));
        Assert.True(limiter.TryTake(now + RoundTrip, 7, RoundTrip));
    }
}
