using MediaRelay.Protocols.Time;

namespace MediaRelay.Transport.Tests;

public sealed class LagMeterTests
{
    private readonly LagMeter _meter = new();

    [Fact]
    public void Longest_SeveralInOneWindow_IsTheGreatest()
    {
        Record(1_000, 3);
        Record(1_001, 9);
        Record(1_002, 4);
        Assert.Equal(TimeSpan.FromMilliseconds(9), _meter.Longest);
    }

    [Fact]
    public void Longest_NextWindow_StillTellsTheOneBefore()
    {
        Record(1_000, 9);
        Record(1_250, 2);
        Assert.Equal(TimeSpan.FromMilliseconds(9), _meter.Longest);
        Record(1_500, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(2), _meter.Longest);
    }

    [Fact]
    public void Longest_AfterALongPause_ForgetsWhatWas()
    {
        Record(1_000, 9);
        Record(1_500, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(1), _meter.Longest);
    }

    private void Record(long nowMs, int lagMs) => _meter.Record(Timestamp.FromMilliseconds(nowMs), TimeSpan.FromMilliseconds(lagMs));
}
