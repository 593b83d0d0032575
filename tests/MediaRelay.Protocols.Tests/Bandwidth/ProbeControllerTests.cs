using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class ProbeControllerTests
{
    private const int PaddingPacket = 290;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly ProbeController _probes = new();
    private readonly List<(Timestamp Sent, int Bytes, byte Cluster)> _sent = [];
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    [Fact]
    public void TryTake_MoreIsWanted_ProbesTwiceTheTargetFor40Milliseconds()
    {
        Send(target: 400_000, wanted: 2_000_000);

        var span = _sent[^1].Sent - _sent[0].Sent;
        Assert.InRange(span.TotalMilliseconds, 35, 46);
        Assert.InRange(_sent.Sum(packet => packet.Bytes), 4_000, 5_500); // 40 ms of 800 kbit/s
        Assert.All(_sent.GroupBy(packet => packet.Sent), burst => Assert.True(burst.Sum(packet => packet.Bytes) < 1_000));
        Assert.Single(_sent.Select(packet => packet.Cluster).Distinct());
        Assert.True(_probes.IsRunning);
    }

    [Fact]
    public void TryTake_NothingWantedOrNotAllowed_ReturnsFalse()
    {
        Assert.False(_probes.TryTake(_now, 400_000, 0, isAllowed: true, out _));
        Assert.False(_probes.TryTake(_now, 400_000, 400_000, isAllowed: true, out _));
        Assert.False(_probes.TryTake(_now, 400_000, 800_000, isAllowed: false, out _));
        Assert.Equal(Timestamp.Never, _probes.GetNextTimeout(isWanted: false));
    }

    [Fact]
    public void TryFinish_AllArrivedAsSent_TellsTheRateAndProbesOn()
    {
        Send(400_000, 2_000_000);
        Deliver(linkBitsPerSecond: 50_000_000);

        Assert.True(_probes.TryFinish(_now, isReported: true, out var rate));

        Assert.InRange(rate, 700_000, 900_000);
        Assert.True(_probes.TryTake(_now, rate, 2_000_000, isAllowed: true, out _));
    }

    [Fact]
    public void TryFinish_PathIsSlower_TellsItsRateAndBacksOff()
    {
        TimeSpan[] expected = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(8)];
        foreach (var pause in expected)
        {
            Send(400_000, 2_000_000);
            Deliver(linkBitsPerSecond: 450_000);

            Assert.True(_probes.TryFinish(_now, isReported: true, out var rate));
            Assert.InRange(rate, 400_000, 450_000);
            Assert.Equal(_now + pause, _probes.GetNextTimeout(isWanted: true));
            _now += pause;
        }
    }

    [Fact]
    public void TryFinish_FeedbackLost_TriesAgainSoon()
    {
        Send(400_000, 2_000_000);
        Assert.False(_probes.TryFinish(_now, isReported: false, out _));
        var deadline = _probes.GetNextTimeout(isWanted: true);

        Assert.False(_probes.TryFinish(deadline, isReported: false, out _));

        Assert.False(_probes.IsRunning);
        Assert.Equal(deadline + TimeSpan.FromMilliseconds(200), _probes.GetNextTimeout(isWanted: true));
    }

    [Fact]
    public void TryFinish_PacketsOfTheProbeLost_IsAFailure()
    {
        Send(400_000, 2_000_000);
        foreach (var packet in _sent)
        {
            _probes.OnLost(packet.Cluster);
        }

        Assert.False(_probes.TryFinish(_now, isReported: true, out _));

        Assert.Equal(_now + TimeSpan.FromSeconds(2), _probes.GetNextTimeout(isWanted: true));
    }

    [Fact]
    public void OnCongestion_WhileRunning_EndsTheProbe()
    {
        _probes.TryTake(_now, 400_000, 2_000_000, isAllowed: true, out _);

        _probes.OnCongestion(_now);

        Assert.Equal(0, _probes.SendingCluster);
        Assert.False(_probes.TryTake(_now + TimeSpan.FromSeconds(1), 400_000, 2_000_000, isAllowed: true, out _));
        Assert.True(_probes.TryTake(_now + TimeSpan.FromSeconds(2), 400_000, 2_000_000, isAllowed: true, out _));
    }

    [Fact]
    public void HandleTimeout_NothingIsSent_GivesUp()
    {
        _probes.TryTake(_now, 400_000, 2_000_000, isAllowed: true, out _);
        _now += TimeSpan.FromMilliseconds(201);

        _probes.HandleTimeout(_now);

        Assert.False(_probes.IsRunning);
        Assert.True(_probes.GetNextTimeout(isWanted: true) > _now);
    }

    [Fact]
    public void TryTake_MediaSentMeanwhile_CountsAndTheProbeStillSpansItsTime()
    {
        _probes.TryTake(_now, 400_000, 2_000_000, isAllowed: true, out _);
        SendPacket(1_200);
        _now += TimeSpan.FromMilliseconds(5);
        for (var i = 0; i < 6; i++)
        {
            SendPacket(1_200);
        }

        var media = _sent.Count;
        Send(400_000, 2_000_000);

        // All bytes are there already; one last packet ends the span.
        Assert.Equal(1, _sent.Count - media);
        Assert.InRange((_sent[^1].Sent - _sent[0].Sent).TotalMilliseconds, 40, 46);
    }

    // Sends a probe to its end.
    private void Send(long target, long wanted)
    {
        if (_probes.SendingCluster == 0)
        {
            _sent.Clear();
        }

        do
        {
            while (_probes.TryTake(_now, target, wanted, isAllowed: true, out var burst))
            {
                for (var bytes = 0; bytes < burst.Bytes; bytes += PaddingPacket)
                {
                    SendPacket(Math.Min(PaddingPacket, burst.MaxPacketBytes));
                }
            }

            _now += TimeSpan.FromMilliseconds(1);
        }
        while (_probes.SendingCluster != 0);
    }

    private void SendPacket(int bytes)
    {
        var cluster = _probes.SendingCluster;
        if (cluster != 0)
        {
            _sent.Add((_now, bytes, cluster));
            _probes.OnPacketSent(_now, bytes, RoundTrip);
        }
    }

    private void Deliver(long linkBitsPerSecond)
    {
        long free = 0;
        foreach (var (time, bytes, cluster) in _sent)
        {
            var sent = time.Nanoseconds / 1_000;
            free = Math.Max(free, sent) + (bytes * 8_000_000L / linkBitsPerSecond);
            _probes.OnReceived(cluster, sent, free + 50_000, bytes, wasLost: false);
        }

        _now += RoundTrip;
    }
}
