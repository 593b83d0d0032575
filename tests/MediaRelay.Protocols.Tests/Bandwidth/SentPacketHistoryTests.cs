using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class SentPacketHistoryTests
{
    [Fact]
    public void Contains_OnlyTheLastThousandSent()
    {
        var history = new SentPacketHistory(firstSequence: 65_000);
        Assert.False(history.Contains(history.Unwrap(65_000)));
        for (var i = 0; i < 3_000; i++)
        {
            history.Add(Timestamp.FromMilliseconds(i), i, cluster: 0);
        }

        // 65,000 + 2,999 is 2,463 after the wrap.
        Assert.True(history.Contains(history.Unwrap(2_463)));
        Assert.Equal(2_999, history.Get(history.Unwrap(2_463)).Bytes);
        Assert.True(history.Contains(history.Unwrap(2_463 - SentPacketHistory.Capacity + 1)));
        Assert.False(history.Contains(history.Unwrap(2_463 - SentPacketHistory.Capacity)));
        Assert.False(history.Contains(history.Unwrap(2_464)));
        Assert.False(history.Contains(history.Unwrap(65_000)));
    }

    [Fact]
    public void GetSentMicroseconds_OverTheWrapOf71Minutes_IsTheSendTime()
    {
        var history = new SentPacketHistory(firstSequence: 0);
        var sent = new Timestamp((1L << 32) * 1_000) - TimeSpan.FromMilliseconds(10);
        var sequence = history.Add(sent, 100, cluster: 0);

        var found = SentPacketHistory.GetSentMicroseconds(
            sent + TimeSpan.FromMilliseconds(200), history.Get(history.Unwrap(sequence)));

        Assert.Equal(sent.Nanoseconds / 1_000, found);
    }
}
