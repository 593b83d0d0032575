using MediaRelay.Protocols.Bandwidth;
using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Tests.Rtcp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Bandwidth;

public class SendSideEstimatorTests
{
    private readonly byte[] _data = new byte[1_400];

    [Fact]
    public void OnPacketSent_Numbers_FollowEachOtherOverTheWrap()
    {
        var estimator = new SendSideEstimator(firstSequence: 65_534);

        Assert.Equal([65_534, 65_535, 0, 1], Enumerable.Range(0, 4).Select(_ => (int)estimator.OnPacketSent(default, 100)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OnFeedback_MadeUpByThePeer_KeepsTheTargetWithinBounds(int seed)
    {
        var random = new Random(seed);
        var estimator = new SendSideEstimator { WantedBitsPerSecond = long.MaxValue / 4 };
        var now = Timestamp.FromMilliseconds(1);
        for (var i = 0; i < 5_000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(20));
            estimator.OnPacketSent(now, random.Next(1_200));
            while (estimator.TryTakeProbe(now, out var burst) && random.Next(4) > 0)
            {
                estimator.OnPacketSent(now, burst.MaxPacketBytes);
            }

            var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
            var arrival = new Timestamp(random.NextInt64(1L << 55));
            var sequence = (ushort)random.Next(ushort.MaxValue);
            for (var packet = random.Next(1, 30); packet > 0; packet--)
            {
                arrival += TimeSpan.FromMilliseconds(random.Next(-100, 3_000));
                builder.OnPacket(arrival, random.Next(3) == 0 ? (ushort)(i - packet) : sequence++);
            }

            while (builder.TryWrite(new Timestamp(1L << 60), default, default, _data, out var length))
            {
                Assert.True(TransportFeedback.TryParse(RtcpHarness.Single(_data.AsSpan(0, length)), out var feedback));
                estimator.OnFeedback(now, feedback);
            }

            estimator.HandleTimeout(now);
            Assert.InRange(
                estimator.TargetBitsPerSecond, SendSideEstimator.MinBitsPerSecond, SendSideEstimator.MaxBitsPerSecond);
        }
    }

    [Fact]
    public void OnFeedback_OfNumbersNeverSent_ChangesNothing()
    {
        var estimator = new SendSideEstimator();
        var now = Timestamp.FromMilliseconds(100);
        estimator.OnPacketSent(now, 1_000);
        var timeout = estimator.NextTimeout;

        SendFeedback(estimator, now, 500, 501, 502);

        Assert.Equal(timeout, estimator.NextTimeout);
        Assert.Equal(0, estimator.LossFraction);
        Assert.Equal(SendSideEstimator.DefaultInitialBitsPerSecond, estimator.TargetBitsPerSecond);
    }

    [Fact]
    public void OnFeedback_LossThatArrivesLater_IsNoLoss()
    {
        var estimator = new SendSideEstimator();
        var now = Timestamp.FromMilliseconds(100);
        for (var i = 0; i < 100; i++)
        {
            estimator.OnPacketSent(now, 1_000);
        }

        ushort[] odd = [.. Enumerable.Range(0, 50).Select(i => (ushort)((i * 2) + 1))];
        ushort[] all = [.. Enumerable.Range(0, 100).Select(i => (ushort)i)];
        SendFeedback(estimator, now, [0, .. odd]);
        Assert.Equal(0.49, estimator.LossFraction, 0.02);

        SendFeedback(estimator, now + TimeSpan.FromMilliseconds(50), all);
        Assert.Equal(0, estimator.LossFraction);
    }

    [Fact]
    public void HandleTimeout_NoFeedback_HalvesTheTargetOncePerSilence()
    {
        var estimator = new SendSideEstimator();
        estimator.OnPacketSent(Timestamp.FromMilliseconds(100), 1_000);
        Assert.Equal(Timestamp.FromMilliseconds(1_100), estimator.NextTimeout);

        estimator.HandleTimeout(Timestamp.FromMilliseconds(1_099));
        Assert.Equal(300_000, estimator.TargetBitsPerSecond);
        estimator.HandleTimeout(Timestamp.FromMilliseconds(1_100));
        Assert.Equal(150_000, estimator.TargetBitsPerSecond);

        // Nothing else was sent: nothing is awaited.
        Assert.Equal(Timestamp.Never, estimator.NextTimeout);
        estimator.HandleTimeout(Timestamp.FromMilliseconds(9_000));
        Assert.Equal(150_000, estimator.TargetBitsPerSecond);
    }

    [Fact]
    public void TryTakeProbe_BeforeFeedback_ReturnsFalse()
    {
        var estimator = new SendSideEstimator { WantedBitsPerSecond = 2_000_000 };
        var now = Timestamp.FromMilliseconds(100);
        var sequence = estimator.OnPacketSent(now, 1_000);
        Assert.False(estimator.TryTakeProbe(now, out _));

        SendFeedback(estimator, now, sequence);

        Assert.True(estimator.TryTakeProbe(now, out var burst));
        Assert.InRange(burst.MaxPacketBytes, 100, 1_200);
        Assert.True(burst.Bytes > 0);
    }

    private void SendFeedback(SendSideEstimator estimator, Timestamp now, params ushort[] arrived)
    {
        var builder = new TransportFeedbackBuilder(TimeSpan.Zero);
        foreach (var sequence in arrived)
        {
            builder.OnPacket(Timestamp.FromMilliseconds(5_000), sequence);
        }

        while (builder.TryWrite(Timestamp.FromMilliseconds(6_000), default, default, _data, out var length))
        {
            Assert.True(TransportFeedback.TryParse(RtcpHarness.Single(_data.AsSpan(0, length)), out var feedback));
            estimator.OnFeedback(now, feedback);
        }
    }
}
