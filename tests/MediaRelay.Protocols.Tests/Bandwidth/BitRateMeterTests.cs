using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class BitRateMeterTests
{
    private readonly BitRateMeter _meter = new(TimeSpan.FromSeconds(1));

    [Fact]
    public void GetBitsPerSecond_SteadyPackets_IsTheirRate()
    {
        Add(0, 3_000, everyMs: 10, bytes: 1_250);

        Assert.Equal(1_000_000, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(3_000)), 30_000.0);
    }

    [Fact]
    public void GetBitsPerSecond_FirstQuarterOfTheWindow_IsZeroThenRight()
    {
        Add(0, 200, 10, 1_250);
        Assert.Equal(0, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(200)));

        Add(200, 400, 10, 1_250);
        Assert.Equal(1_000_000, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(400)), 30_000.0);
    }

    [Fact]
    public void GetBitsPerSecond_SilentForAWindow_IsZero()
    {
        Add(0, 2_000, 10, 1_250);

        Assert.InRange(_meter.GetBitsPerSecond(Timestamp.FromMilliseconds(2_500)), 400_000, 600_000);
        Assert.Equal(0, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(3_001)));
        Assert.Equal(0, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(100_000)));
    }

    [Fact]
    public void GetBitsPerSecond_WithoutPackets_IsZero() => Assert.Equal(0, _meter.GetBitsPerSecond(Timestamp.FromMilliseconds(5_000)));

    [Fact]
    public void Read_LayersComeAndGo_GivesZeroForThoseNotThere()
    {
        var layers = new LayerRates(3);
        var rates = new long[3];
        for (var ms = 5_000; ms < 9_000; ms += 10)
        {
            layers.Add(Timestamp.FromMilliseconds(ms), 0, 250);
            if (ms < 7_000)
            {
                layers.Add(Timestamp.FromMilliseconds(ms), 1, 1_250);
            }
        }

        Assert.Equal(3, layers.Read(Timestamp.FromMilliseconds(9_000), rates));
        Assert.Equal(200_000, rates[0], 6_000.0);
        Assert.Equal([0, 0], rates[1..]);

        // A layer that returns is measured anew, its pause left out.
        for (var ms = 9_000; ms < 10_000; ms += 10)
        {
            layers.Add(Timestamp.FromMilliseconds(ms), 1, 1_250);
        }

        Assert.Equal(1_000_000, layers.GetBitsPerSecond(Timestamp.FromMilliseconds(10_000), 1), 30_000.0);
    }

    private void Add(int fromMs, int toMs, int everyMs, int bytes)
    {
        for (var ms = fromMs; ms < toMs; ms += everyMs)
        {
            _meter.Add(Timestamp.FromMilliseconds(ms), bytes);
        }
    }
}
