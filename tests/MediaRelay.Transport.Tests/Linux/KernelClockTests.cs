using MediaRelay.Protocols.Time;
using MediaRelay.Testing;
using MediaRelay.Transport.Linux;

namespace MediaRelay.Transport.Tests.Linux;

public sealed class KernelClockTests
{
    private readonly ManualTime _time = new();
    private readonly SteppedWallClock _wall;
    private readonly LoopClock _loop;
    private readonly KernelClock _kernel;

    public KernelClockTests()
    {
        _wall = new SteppedWallClock(_time);
        _loop = new LoopClock(_time);
        _kernel = new KernelClock(_wall);
    }

    [Fact]
    public void ToLoopTime_StampsOfOneBatch_KeepTheirDistances()
    {
        var first = Stamp();
        var sent = _loop.Now;
        _time.Advance(TimeSpan.FromMilliseconds(7));
        var second = Stamp();
        _time.Advance(TimeSpan.FromMilliseconds(30));
        _kernel.Compare(_loop);
        Assert.Equal(sent, _kernel.ToLoopTime(first));
        Assert.Equal(sent + TimeSpan.FromMilliseconds(7), _kernel.ToLoopTime(second));
    }

    [Fact]
    public void ToLoopTime_NoStamp_IsWhenTheBatchWasRead()
    {
        _kernel.Compare(_loop);
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(0));
    }

    [Fact]
    public void ToLoopTime_StampThatCannotBeTrue_IsWhenTheBatchWasRead()
    {
        var stamp = Stamp();
        _time.Advance(KernelClock.LongestWait);
        _kernel.Compare(_loop);
        Assert.Equal(_loop.Now - KernelClock.LongestWait, _kernel.ToLoopTime(stamp));
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(stamp - 100));
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(Stamp() + 1));
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(long.MaxValue));
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(long.MinValue));
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public void Compare_WallClockWasSet_OnlyWhatWasStampedBeforeIsOff(int seconds)
    {
        _kernel.Compare(_loop);
        var before = Stamp();
        _wall.Offset += TimeSpan.FromSeconds(seconds);
        var after = Stamp();
        var sent = _loop.Now;
        _time.Advance(TimeSpan.FromMilliseconds(3));
        _kernel.Compare(_loop);
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(before));
        Assert.Equal(sent, _kernel.ToLoopTime(after));
    }

    [Fact]
    public void Compare_InterruptedBetweenTheClocks_KeepsTheDistanceOfBefore()
    {
        _kernel.Compare(_loop);
        var stamp = Stamp();
        var sent = _loop.Now;
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _wall.ReadingTakes = TimeSpan.FromMilliseconds(20);
        _kernel.Compare(_loop);
        Assert.Equal(sent, _kernel.ToLoopTime(stamp));
        Assert.Equal(_loop.Now, _kernel.ToLoopTime(0));
    }

    [Fact]
    public void Compare_InterruptedTheFirstTime_IsOffByThatUntilTheNext()
    {
        _wall.ReadingTakes = TimeSpan.FromMilliseconds(20);
        _kernel.Compare(_loop);
        var stamp = Stamp();
        var sent = _loop.Now;
        Assert.Equal(sent - TimeSpan.FromMilliseconds(20), _kernel.ToLoopTime(stamp));
        _wall.ReadingTakes = TimeSpan.Zero;
        _kernel.Compare(_loop);
        Assert.Equal(sent, _kernel.ToLoopTime(stamp));
    }

    private long Stamp() => (_time.GetUtcNow() + _wall.Offset - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A wall clock that can be set, and at whose reading time can pass.</summary>
    private sealed class SteppedWallClock(ManualTime time) : TimeProvider
    {
        public TimeSpan Offset { get; set; } = TimeSpan.FromDays(100);

        public TimeSpan ReadingTakes { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            time.Advance(ReadingTakes);
            return time.GetUtcNow() + Offset;
        }
    }
}
