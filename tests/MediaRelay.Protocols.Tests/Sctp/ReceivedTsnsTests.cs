using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

public class ReceivedTsnsTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 20)]
    [InlineData(0x7FFF_FFF0u)]
    public void Add_AnyOrder_AgreesWithASet(uint start)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var tsns = new ReceivedTsns();
            var first = new Tsn(start);
            tsns.Start(first);
            var expected = new HashSet<int>();
            for (var step = 0; step < 300; step++)
            {
                var offset = random.Next(200);
                Assert.True(expected.Contains(offset) == tsns.Contains(first + offset), $"seed {seed}, step {step}");
                if (expected.Add(offset))
                {
                    Assert.True(tsns.HasRoomFor(first + offset));
                    tsns.Add(first + offset);
                }

                var cumulative = 0;
                while (expected.Contains(cumulative))
                {
                    cumulative++;
                }

                Assert.True(first + (cumulative - 1) == tsns.Cumulative, $"seed {seed}, step {step}");
                Assert.Equal(expected.Where(value => value > cumulative).Order(), Expand(tsns, first));
            }
        }
    }

    [Fact]
    public void HasRoomFor_TooManyRangesOrTooFar_IsFalse()
    {
        var tsns = new ReceivedTsns();
        tsns.Start(new Tsn(1));
        for (var i = 0; i < ReceivedTsns.MaxRanges; i++)
        {
            tsns.Add(new Tsn(3 + (2 * (uint)i)));
        }

        var end = 3 + (2 * (uint)ReceivedTsns.MaxRanges);
        Assert.False(tsns.HasRoomFor(new Tsn(end)));
        Assert.True(tsns.HasRoomFor(new Tsn(1)));
        Assert.True(tsns.HasRoomFor(new Tsn(end - 1)));
        Assert.True(tsns.HasRoomFor(new Tsn(4)));
        Assert.False(tsns.HasRoomFor(new Tsn(ReceivedTsns.MaxAhead + 1)));
    }

    [Fact]
    public void Forward_IntoRange_GoesToItsEnd()
    {
        var tsns = new ReceivedTsns();
        tsns.Start(new Tsn(1));
        tsns.Add(new Tsn(5));
        tsns.Add(new Tsn(6));
        tsns.Add(new Tsn(9));

        tsns.Forward(new Tsn(4));

        Assert.Equal(new Tsn(6), tsns.Cumulative);
        Assert.Equal(1, tsns.Ranges.Length);
    }

    private static IEnumerable<int> Expand(ReceivedTsns tsns, Tsn first)
    {
        var offsets = new List<int>();
        foreach (var range in tsns.Ranges)
        {
            for (var tsn = range.First; tsn <= range.Last; tsn += 1)
            {
                offsets.Add(tsn - first);
            }
        }

        return offsets;
    }
}
