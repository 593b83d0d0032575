using MediaRelay.Protocols.Rtcp;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Rtcp;

public class NackGeneratorTests
{
    private readonly NackGenerator _generator = new();
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    [Fact]
    public void OnPacket_InOrder_HasNothingToDo()
    {
        Receive(0xFFFE, 0xFFFF, 0, 1);

        Assert.Equal(Timestamp.Never, _generator.NextTimeout);
        Assert.Empty(AskedNow());
    }

    [Fact]
    public void OnPacket_GapAcrossTheWrap_IsAskedForAtOnceAndAgainAfterTheInterval()
    {
        Receive(0xFFFE, 2);

        Assert.Equal([0xFFFF, 0, 1], AskedNow());
        Assert.Empty(AskedNow());
        Assert.Equal(_now + NackGenerator.DefaultRetryInterval, _generator.NextTimeout);
        _now = _generator.NextTimeout;
        Assert.Equal([0xFFFF, 0, 1], AskedNow());
    }

    [Fact]
    public void OnPacket_MissingOneArrives_IsNotAskedForAgain()
    {
        Receive(1, 4);
        AskedNow();

        Receive(2);
        _now += TimeSpan.FromMilliseconds(60);

        Assert.Equal([3], AskedNow());
        Receive(3, 3);
        Assert.Equal((0, Timestamp.Never), (_generator.MissingCount, _generator.NextTimeout));
    }

    [Fact]
    public void RoundTrip_Known_SpacesTheRequests()
    {
        _generator.RoundTrip = TimeSpan.FromMilliseconds(200);
        Receive(1, 3);
        AskedNow();

        Assert.Equal(_now + TimeSpan.FromMilliseconds(200), _generator.NextTimeout);
    }

    [Fact]
    public void HandleTimeout_TenTriesWithoutAnswer_GivesUpAndSaysSoOnce()
    {
        Receive(1, 3);
        var tries = 0;
        while (_generator.NextTimeout != Timestamp.Never)
        {
            Assert.False(_generator.TryReadUnrecoverable());
            _now = _generator.NextTimeout;
            tries += AskedNow().Count;
        }

        Assert.Equal(NackGenerator.MaxTries, tries);
        Assert.True(_generator.TryReadUnrecoverable());
        Assert.False(_generator.TryReadUnrecoverable());
    }

    [Fact]
    public void HandleTimeout_LongRoundTrip_GivesUpAfterASecond()
    {
        _generator.RoundTrip = TimeSpan.FromMilliseconds(400);
        Receive(1, 3);
        var start = _now;
        var tries = AskedNow().Count;
        while (_generator.NextTimeout != Timestamp.Never)
        {
            _now = _generator.NextTimeout;
            tries += AskedNow().Count;
        }

        Assert.Equal(3, tries);
        Assert.Equal(start + NackGenerator.MaxAge, _now);
        Assert.True(_generator.TryReadUnrecoverable());
    }

    [Fact]
    public void OnPacket_GapLongerThanTheWindow_IsGivenUpAtOnce()
    {
        Receive(1, (ushort)(2 + NackGenerator.Window));

        Assert.Equal(0, _generator.MissingCount);
        Assert.True(_generator.TryReadUnrecoverable());
        Assert.Empty(AskedNow());
    }

    [Fact]
    public void OnPacket_LongestGap_IsAskedForInSeveralMessages()
    {
        Receive(1, 1 + NackGenerator.Window);

        var asked = AskedNow();

        Assert.Equal(Enumerable.Range(2, NackGenerator.Window - 1), asked.Select(number => (int)number));
        Assert.False(_generator.TryReadUnrecoverable());
    }

    [Fact]
    public void OnPacket_MissingFallsOutOfTheWindow_IsGivenUp()
    {
        Receive(1, 3);
        for (ushort number = 4; number < 2 + NackGenerator.Window; number++)
        {
            Receive(number);
        }

        Assert.Equal(1, _generator.MissingCount);
        Receive(2 + NackGenerator.Window);

        Assert.Equal(0, _generator.MissingCount);
        Assert.True(_generator.TryReadUnrecoverable());
        Assert.Equal(Timestamp.Never, AfterTimeout());
    }

    [Fact]
    public void AnyArrivals_MissingStaysBoundedAndRequestsEnd()
    {
        const int Seed = 1_889;
        var random = new Random(Seed);
        for (var i = 0; i < 5_000; i++)
        {
            Receive((ushort)random.Next(65_536));
            _now += TimeSpan.FromMilliseconds(random.Next(30));
            var asked = AskedNow();
            Assert.True(_generator.MissingCount <= NackGenerator.Window && asked.Count <= NackGenerator.Window, $"seed {Seed}, {i}");
        }

        _now += NackGenerator.MaxAge;
        Assert.Equal(Timestamp.Never, AfterTimeout());
        Assert.Equal(0, _generator.MissingCount);
    }

    private Timestamp AfterTimeout()
    {
        _generator.HandleTimeout(_now);
        return _generator.NextTimeout;
    }

    private void Receive(params ushort[] numbers)
    {
        foreach (var number in numbers)
        {
            _generator.OnPacket(_now, new SequenceNumber(number));
        }
    }

    private List<ushort> AskedNow()
    {
        var numbers = new List<ushort>();
        var data = new byte[100];
        while (_generator.TryWriteNack(_now, new Ssrc(1), new Ssrc(2), data, out var length))
        {
            Assert.True(Nack.TryParse(RtcpHarness.Single(data.AsSpan(0, length)), out var nack));
            foreach (var number in nack)
            {
                numbers.Add(number.Value);
            }
        }

        return numbers;
    }
}
