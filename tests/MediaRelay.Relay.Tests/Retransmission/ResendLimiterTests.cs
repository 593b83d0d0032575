using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Retransmission;

namespace MediaRelay.Relay.Tests.Retransmission;

/// <summary>At most three resends of a packet to one viewer, and not two within a round trip.</summary>
public class ResendLimiterTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(20);
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1_000);
    private readonly ResendLimiter _limiter = new(maxResends: 3, Least);

    [Fact]
    public void TryTake_WithinARoundTrip_IsRefused()
    {
        Assert.True(_limiter.TryTake(Start, 7, RoundTrip));
        Assert.False(_limiter.TryTake(Start + TimeSpan.FromMilliseconds(79), 7, RoundTrip));
        Assert.True(_limiter.TryTake(Start + RoundTrip, 7, RoundTrip));
    }

    [Fact]
    public void TryTake_RoundTripBelowTheLeastDistance_KeepsThat()
    {
        Assert.True(_limiter.TryTake(Start, 7, TimeSpan.FromMilliseconds(1)));
        Assert.False(_limiter.TryTake(Start + TimeSpan.FromMilliseconds(19), 7, TimeSpan.FromMilliseconds(1)));
        Assert.True(_limiter.TryTake(Start + Least, 7, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void TryTake_FourthTime_IsRefusedForEver()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_limiter.TryTake(Start + (RoundTrip * i), 7, RoundTrip));
        }

        Assert.False(_limiter.TryTake(Start + TimeSpan.FromSeconds(10), 7, RoundTrip));
    }

    [Fact]
    public void TryTake_OtherPackets_DoNotCount()
    {
        for (var sequence = 0; sequence < 64; sequence++)
        {
            Assert.True(_limiter.TryTake(Start, sequence, RoundTrip));
        }

        for (var sequence = 0; sequence < 64; sequence++)
        {
            Assert.False(_limiter.TryTake(Start + Least, sequence, RoundTrip));
        }
    }
}
