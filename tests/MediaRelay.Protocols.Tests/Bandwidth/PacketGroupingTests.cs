using MediaRelay.Protocols.Bandwidth;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class PacketGroupingTests
{
    private readonly PacketGrouping _grouping = new();

    [Fact]
    public void TryAdd_PacketsWithinFiveMilliseconds_AreOneGroup()
    {
        Assert.Empty(Add((0, 20_000), (1_000, 22_000), (5_000, 26_000)));

        // The third group completes the second, which can be compared with the first.
        var delta = Assert.Single(Add((33_000, 53_000), (66_000, 90_000)));
        Assert.Equal((33, 33), (delta.SendMilliseconds, delta.ArrivalMilliseconds));
        Assert.Equal(4, Assert.Single(Add((99_000, 123_000))).DelayVariation);
    }

    [Fact]
    public void TryAdd_FrameBurstsOfDifferentSizes_DelayDoesNotVary()
    {
        // 2 and 20 packets at one time, 2 ms each on the link, with sound in between: no queue from one to the next.
        var deltas = new List<GroupDelta>();
        for (var frame = 0; frame < 20; frame++)
        {
            var sent = frame * 60_000L;
            for (var packet = 1; packet <= (frame % 2 == 0 ? 2 : 20); packet++)
            {
                deltas.AddRange(Add((sent, sent + 10_000 + (packet * 2_000))));
            }

            deltas.AddRange(Add((sent + 50_000, sent + 62_000)));
        }

        Assert.NotEmpty(deltas);
        Assert.All(deltas, delta => Assert.Equal(0, delta.DelayVariation));
    }

    [Fact]
    public void TryAdd_PacketsReleasedTogether_AreOneGroupOfTheLeastDelay()
    {
        // A radio link held back what was sent over 60 ms and delivered it within 2 ms: the last one waited for
        // nothing.
        Add((0, 10_000), (20_000, 30_000));
        Add((40_000, 110_000), (60_000, 110_500), (80_000, 111_000), (100_000, 112_000));

        var deltas = Add((120_000, 130_000), (140_000, 150_000));

        Assert.Equal([2, -2], deltas.Select(delta => delta.DelayVariation));
    }

    [Fact]
    public void TryAdd_ReorderedPacket_IsIgnored()
    {
        Add((0, 10_000), (20_000, 30_000), (40_000, 50_000));

        Assert.Empty(Add((25_000, 58_000)));

        Assert.Equal(0, Assert.Single(Add((60_000, 70_000))).DelayVariation);
    }

    [Fact]
    public void TryAdd_ReceiversClockJumps_BeginsAnew()
    {
        Add((0, 10_000), (20_000, 30_000), (40_000, 50_000));

        var deltas = Add((60_000, 9_000_000), (80_000, 9_020_000), (100_000, 9_040_000), (120_000, 9_060_000));

        Assert.NotEmpty(deltas);
        Assert.All(deltas, delta => Assert.Equal(0, delta.DelayVariation));
    }

    private List<GroupDelta> Add(params (long Sent, long Arrival)[] packets)
    {
        var deltas = new List<GroupDelta>();
        foreach (var (sent, arrival) in packets)
        {
            if (_grouping.TryAdd(sent, arrival, out var delta))
            {
                deltas.Add(delta);
            }
        }

        return deltas;
    }
}
