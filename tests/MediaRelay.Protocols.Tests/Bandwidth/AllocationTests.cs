using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtcp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

[Collection(AllocationCollection.Name)]
public class AllocationTests
{
    private const int WarmUpMs = 20_000;
    private const int MeasuredMs = 20_000;

    private readonly byte[] _data = new byte[1_400];
    private readonly long[] _rates = new long[3];
    private readonly LayerRates _layers = new(3);
    private readonly TransportFeedbackBuilder _receiver = new();
    private readonly ReportLayerChooser _reports = new();

    [Fact]
    public void Estimator_PacketsFeedbackProbesAndChoices_AllocateNothing()
    {
        var estimator = new SendSideEstimator();
        var chooser = new LayerChooser();
        Run(estimator, chooser, 0, WarmUpMs);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(estimator, chooser, WarmUpMs, MeasuredMs);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(estimator.AcknowledgedBitsPerSecond > 1_000_000);
    }

    [Fact]
    public void Estimator_Idle_IsSmallAndItsHistoryComesWithTheFirstPacket()
    {
        var warm = new SendSideEstimator();
        warm.OnPacketSent(default, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var estimator = new SendSideEstimator();
        var idle = GC.GetAllocatedBytesForCurrentThread() - before;
        estimator.OnPacketSent(default, 100);
        var used = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(idle, 1, 2_560);
        Assert.InRange(used, 8_192, 11_264);
    }

    // A packet each millisecond; feedback, a choice and a report on the way, and probes, which at times find less than
    // they ask for.
    private void Run(SendSideEstimator estimator, LayerChooser chooser, int startMs, int count)
    {
        for (var ms = startMs; ms < startMs + count; ms++)
        {
            var now = Timestamp.FromMilliseconds(ms);
            _layers.Add(now, ms % 3, 500);
            Send(estimator, now, 200);
            if (now >= estimator.NextTimeout)
            {
                estimator.HandleTimeout(now);
            }

            while (estimator.TryTakeProbe(now, out var burst))
            {
                for (var sent = 0; sent < burst.Bytes; sent += 290)
                {
                    Send(estimator, now, 290);
                }
            }

            while (_receiver.TryWrite(now, new Ssrc(1), new Ssrc(2), _data, out var length))
            {
                if (TransportFeedback.TryParse(RtcpHarness.Single(_data.AsSpan(0, length)), out var feedback))
                {
                    estimator.OnFeedback(now, feedback);
                }

                _layers.Read(now, _rates);
                chooser.Choose(now, estimator.TargetBitsPerSecond, 40_000, _rates);
                _reports.OnReport(now, 1, TimeSpan.FromMilliseconds(50), _rates);
                estimator.WantedBitsPerSecond = ms % 2_000 < 1_000 ? 20_000_000 : chooser.WantedBitsPerSecond;
            }
        }
    }

    private void Send(SendSideEstimator estimator, Timestamp now, int bytes)
    {
        var sequence = estimator.OnPacketSent(now, bytes);
        if (sequence % 97 != 0)
        {
            _receiver.OnPacket(now + TimeSpan.FromMicroseconds(sequence % 5 * 100), sequence);
        }
    }
}
