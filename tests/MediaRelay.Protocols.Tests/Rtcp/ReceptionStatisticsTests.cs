using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtcp;

public class ReceptionStatisticsTests
{
    private static readonly Ssrc Source = new(1);
    private readonly ReceptionStatistics _statistics = new(clockRate: 90_000);
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    [Fact]
    public void TryTakeReportBlock_NoPackets_ReturnsFalse() =>
        Assert.False(_statistics.TryTakeReportBlock(_now, Source, out _));

    [Fact]
    public void TryTakeReportBlock_LossAcrossTheWrap_IsCountedPerReport()
    {
        // 0xFFFC … 0x0003 without 0xFFFE and 0x0000: 8 expected, 6 received.
        Receive(0xFFFC, 0xFFFD, 0xFFFF, 1, 2, 3);

        var first = TakeBlock();
        Receive(4, 5, 6, 7);
        var second = TakeBlock();

        Assert.Equal((64, 2, 0x0001_0003u), ((int)first.FractionLost, first.CumulativeLost, first.ExtendedHighestSequence));
        Assert.Equal((0, 2, 0x0001_0007u), ((int)second.FractionLost, second.CumulativeLost, second.ExtendedHighestSequence));
    }

    [Fact]
    public void TryTakeReportBlock_RepeatedPackets_MakeLossNegative()
    {
        Receive(1, 1, 1, 2);

        var block = TakeBlock();

        Assert.Equal((0, -2), ((int)block.FractionLost, block.CumulativeLost));
    }

    [Fact]
    public void TryTakeReportBlock_AllOfAnIntervalLost_IsJustBelowOne()
    {
        Receive(1);
        TakeBlock();
        Receive(2_000);

        Assert.Equal(255, TakeBlock().FractionLost);
    }

    [Fact]
    public void OnPacket_OneStrayNumber_ChangesNothing()
    {
        Receive(1, 2, 30_000, 3);

        Assert.Equal((3L, 3L), (_statistics.Received, _statistics.Expected));
    }

    [Fact]
    public void OnPacket_TwoInARowFarAway_BeginAnew()
    {
        Receive(1, 2, 30_000, 30_001, 30_002);

        Assert.Equal((2L, 2L, 30_002u), (_statistics.Received, _statistics.Expected, _statistics.ExtendedHighestSequence));
    }

    [Fact]
    public void Jitter_EvenArrival_IsZeroAlsoAfterDays()
    {
        _now = new Timestamp(40L * 24 * 3_600 * 1_000_000_000);
        Receive(Enumerable.Range(0, 100).Select(i => (ushort)i).ToArray());

        Assert.Equal(TimeSpan.Zero, _statistics.Jitter);
    }

    [Fact]
    public void Jitter_AlternatingDelay_ApproachesTheDifference()
    {
        // 10 ms late every second time: each |D| is 10 ms or 900 ticks, to which J converges (RFC 3550 A.8).
        for (var i = 0; i < 500; i++)
        {
            var late = TimeSpan.FromMilliseconds(i % 2 * 10);
            _statistics.OnPacket(_now + late, new SequenceNumber((ushort)i), new RtpTimestamp((uint)i * 3_600));
            _now += TimeSpan.FromMilliseconds(40);
        }

        Assert.InRange(_statistics.JitterTicks, 890u, 900u);
        Assert.InRange(_statistics.Jitter.TotalMilliseconds, 9.8, 10);
    }

    [Fact]
    public void TryTakeReportBlock_AfterSenderReport_LetsTheSenderComputeItsRoundTrip()
    {
        Receive(1);
        _statistics.OnSenderReport(_now, new NtpTime(0xB44D_B705_2000_0000));

        // Half the round trip before and after; 5.25 s in between.
        _now += TimeSpan.FromSeconds(5.25);
        var block = TakeBlock();

        Assert.Equal(0xB705_2000, block.LastSenderReport);
        Assert.Equal(0x0005_4000u, block.DelaySinceLastSenderReport);
        Assert.Equal(TimeSpan.FromMilliseconds(6_125), block.RoundTrip(new NtpTime(0xB44D_B710_8000_0000)));
    }

    private void Receive(params ushort[] numbers)
    {
        foreach (var number in numbers)
        {
            _statistics.OnPacket(_now, new SequenceNumber(number), new RtpTimestamp(number * 900u));
            _now += TimeSpan.FromMilliseconds(10);
        }
    }

    private ReportBlock TakeBlock()
    {
        Assert.True(_statistics.TryTakeReportBlock(_now, Source, out var block));
        Assert.Equal(Source, block.Ssrc);
        return block;
    }
}
