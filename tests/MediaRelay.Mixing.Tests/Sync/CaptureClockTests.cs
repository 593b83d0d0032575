using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Sync;

public sealed class CaptureClockTests
{
    [Fact]
    public void ToCapture_WithoutReports_FollowsTheQuickestPackets()
    {
        var clock = new CaptureClock(90_000);
        var random = new Random(2);
        for (var i = 0; i < 100; i++)
        {
            clock.OnPacket(Timestamp.FromMilliseconds(5_000 + (i * 33) + (i % 10 == 0 ? 0 : random.Next(0, 30))), i * 2_970);
        }

        Assert.False(clock.IsMapped);
        Assert.Equal(5_330, clock.ToCapture(10 * 2_970).Nanoseconds / 1e6, 0.1);
        Assert.Equal(29_700, clock.ToTimestamp(Timestamp.FromMilliseconds(5_330)), 1.0);
    }

    [Fact]
    public void ToCapture_WithAReport_TakesTheReportsTime()
    {
        var clock = new CaptureClock(48_000);
        clock.OnPacket(Timestamp.FromMilliseconds(1_080), 48_000);
        clock.OnMapping(48_000, Timestamp.FromMilliseconds(1_000));
        Assert.True(clock.IsMapped);
        Assert.Equal(1_020, clock.ToCapture(48_960).Nanoseconds / 1e6, 0.01);
    }

    [Fact]
    public void ToCapture_ReportThatCannotBeTrue_IsNotBelieved()
    {
        var clock = new CaptureClock(48_000);
        clock.OnPacket(Timestamp.FromMilliseconds(10_000), 0);
        clock.OnMapping(0, Timestamp.FromMilliseconds(3_000));
        Assert.False(clock.IsMapped);
        Assert.Equal(10_000, clock.ToCapture(0).Nanoseconds / 1e6, 0.01);
    }

    [Fact]
    public void OnMapping_ReportsThatDifferALittle_AreSmoothed()
    {
        var clock = new CaptureClock(90_000);
        clock.OnPacket(Timestamp.FromMilliseconds(1_000), 0);
        clock.OnMapping(0, Timestamp.FromMilliseconds(980));
        clock.OnMapping(0, Timestamp.FromMilliseconds(988));
        Assert.Equal(982, clock.ToCapture(0).Nanoseconds / 1e6, 0.01);
    }

    [Fact]
    public void ToCapture_CrystalsThatDrift_StaysWithinAMillisecond()
    {
        var clock = new CaptureClock(90_000);
        for (var i = 0; i < 18_000; i++)
        {
            // Ten minutes at 50 ppm.
            var truth = i * 33.3333 * 1.00005;
            clock.OnPacket(new Timestamp((long)((truth + (i % 5)) * 1e6)), i * 3_000L);
            if (i > 300)
            {
                Assert.Equal(truth, clock.ToCapture(i * 3_000L).Nanoseconds / 1e6, 1.0);
            }
        }
    }
}
