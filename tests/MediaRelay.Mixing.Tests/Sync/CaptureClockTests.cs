using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Rtp;
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
            clock.OnPacket(Timestamp.FromMilliseconds(5_000 + (i * 33) + (i % 10 == 0 ? 0 : random.Next(0, 30))), new SequenceNumber((ushort)i), i * 2_970);
        }

        Assert.False(clock.IsMapped);
        Assert.Equal(5_330, clock.ToCapture(10 * 2_970).Nanoseconds / 1e6, 0.1);
        Assert.Equal(29_700, clock.ToTimestamp(Timestamp.FromMilliseconds(5_330)), 1.0);
    }

    [Fact]
    public void ToCapture_WithAReport_TakesTheReportsTime()
    {
        var clock = new CaptureClock(48_000);
        clock.OnPacket(Timestamp.FromMilliseconds(1_080), default, 48_000);
        clock.OnMapping(48_000, Timestamp.FromMilliseconds(1_000));
        Assert.True(clock.IsMapped);
        Assert.Equal(1_020, clock.ToCapture(48_960).Nanoseconds / 1e6, 0.01);
    }

    [Fact]
    public void ToCapture_ReportThatCannotBeTrue_IsNotBelieved()
    {
        var clock = new CaptureClock(48_000);
        clock.OnPacket(Timestamp.FromMilliseconds(10_000), default, 0);
        clock.OnMapping(0, Timestamp.FromMilliseconds(3_000));
        Assert.False(clock.IsMapped);
        Assert.Equal(10_000, clock.ToCapture(0).Nanoseconds / 1e6, 0.01);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(-8_000)]
    public void ToCapture_ReportPlacesMediaBehindOrLongBeforeItsArrival_IsNotBelieved(int offMs)
    {
        var clock = new CaptureClock(48_000);
        Play(clock, 0, 3_000, lateMs: 0);
        clock.OnMapping(At(3_000), Timestamp.FromMilliseconds(13_000 + offMs));
        Play(clock, 3_000, 4_000, lateMs: 0);
        Assert.False(clock.IsMapped);
        Assert.Equal(13_500, CaptureMs(clock, 3_500), 0.1);
    }

    [Fact]
    public void OnMapping_ReportsDifferALittle_MovesOverSlowlyEnoughForSoundToFollow()
    {
        var clock = new CaptureClock(48_000);
        clock.OnMapping(At(0), Timestamp.FromMilliseconds(9_980));
        Play(clock, 0, 3_000, lateMs: 0);
        Assert.Equal(9_980, CaptureMs(clock, 0), 0.1);
        clock.OnMapping(At(3_000), Timestamp.FromMilliseconds(12_990));
        Play(clock, 3_000, 3_500, lateMs: 0);
        Assert.Equal(9_985, CaptureMs(clock, 0), 0.5);
        Play(clock, 3_500, 5_000, lateMs: 0);
        Assert.Equal(9_990, CaptureMs(clock, 0), 0.1);
    }

    [Fact]
    public void OnMapping_FirstOneWhileTheStreamStarts_IsTakenAtOnce()
    {
        var clock = new CaptureClock(48_000);
        Play(clock, 0, 100, lateMs: 60);
        clock.OnMapping(At(80), Timestamp.FromMilliseconds(10_070));
        Assert.Equal(10_070, CaptureMs(clock, 80), 0.1);
    }

    [Theory]
    [InlineData(600_000)]
    [InlineData(3_000)]
    [InlineData(-3_000)]
    [InlineData(-600_000)]
    public void OnPacket_TimestampsJump_FollowsAtOnceAndForgetsTheReportsBefore(int jumpMs)
    {
        var clock = new CaptureClock(48_000);
        clock.OnMapping(At(0), Timestamp.FromMilliseconds(9_970));
        Play(clock, 0, 3_000, lateMs: 0);
        var number = new SequenceNumber(3_000 / 20);
        clock.OnPacket(Timestamp.FromMilliseconds(13_000), number, At(3_000 + jumpMs));
        Assert.False(clock.IsMapped);
        Assert.Equal(13_000, CaptureMs(clock, 3_000 + jumpMs), 0.1);
        clock.OnMapping(At(3_000 + jumpMs), Timestamp.FromMilliseconds(12_970));
        Assert.True(clock.IsMapped);
    }

    [Fact]
    public void OnPacket_OldOneAfterNewerOnes_ChangesNothing()
    {
        var clock = new CaptureClock(48_000);
        Play(clock, 0, 2_000, lateMs: 0);
        clock.OnPacket(Timestamp.FromMilliseconds(12_000), new SequenceNumber(50), At(1_000));
        Assert.Equal(11_000, CaptureMs(clock, 1_000), 0.1);
    }

    [Fact]
    public void ToCapture_PathBecomesSlowerWithoutReports_FollowsIt()
    {
        var clock = new CaptureClock(48_000);
        Play(clock, 0, 5_000, lateMs: 0);
        Play(clock, 5_000, 8_500, lateMs: 100);
        Assert.Equal(10_000, CaptureMs(clock, 0), 0.1);
        Play(clock, 8_500, 25_000, lateMs: 100);
        Assert.Equal(10_100, CaptureMs(clock, 0), 0.1);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    [InlineData(-200)]
    public void ToCapture_CrystalsThatDrift_StaysWithinAMillisecond(double partsPerMillion)
    {
        var clock = new CaptureClock(90_000);
        for (var i = 0; i < 18_000; i++)
        {
            // Ten minutes.
            var truth = 1_000 + (i * 33.3333 * (1 + (partsPerMillion / 1e6)));
            clock.OnPacket(new Timestamp((long)((truth + (i % 5)) * 1e6)), new SequenceNumber((ushort)i), i * 3_000L);
            if (i > 300)
            {
                Assert.Equal(truth, clock.ToCapture(i * 3_000L).Nanoseconds / 1e6, 1.0);
            }
        }
    }

    // Sound, one packet in 20 ms, that was sent from 10 s on.
    private static void Play(CaptureClock clock, int fromMs, int toMs, int lateMs)
    {
        for (var at = fromMs; at < toMs; at += 20)
        {
            clock.OnPacket(Timestamp.FromMilliseconds(10_000 + at + lateMs), new SequenceNumber((ushort)(at / 20)), At(at));
        }
    }

    private static long At(int ms) => ms * 48L;

    private static double CaptureMs(CaptureClock clock, int ms) => clock.ToCapture(At(ms)).Nanoseconds / 1e6;
}
