using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Relay.Retransmission;
using MediaRelay.Relay.Tests.Forwarding;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests.Retransmission;

/// <summary>What a loop keeps of a feed, for resends and for viewers who join.</summary>
public sealed class PacketHistoryTests : IDisposable
{
    private readonly LeakCheckingPacketPool _pool = new();
    private readonly PacketHistory _history = new(capacity: 8);
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    public void Dispose()
    {
        _history.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Add_SameNumberTwice_KeepsTheFirst()
    {
        Assert.True(Add(5));
        Assert.False(Add(5));
        Assert.True(_history.TryGet(5, out _));
    }

    [Fact]
    public void Add_MoreThanItsCapacity_GrowsWhileTheyAreYoung()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(Add(i));
        }

        Assert.Equal(1_000, _history.Packets().Count());
    }

    [Fact]
    public void Add_MoreThanItsBound_LetsGoOfTheOldest()
    {
        for (var i = 0; i < PacketHistory.MaxPackets + 10; i++)
        {
            Add(i);
        }

        Assert.False(_history.TryGet(9, out _));
        Assert.True(_history.TryGet(10, out _));
        Assert.Equal(PacketHistory.MaxPackets, _history.Packets().Count());
    }

    [Fact]
    public void Add_AfterTwoSeconds_LetsGoOfWhatIsOlder()
    {
        Add(0);
        _now += PacketHistory.MaxAge + TimeSpan.FromMilliseconds(1);
        Add(1);

        Assert.False(_history.TryGet(0, out _));
        Assert.True(_history.TryGet(1, out _));
    }

    [Fact]
    public void Add_FarJump_ClearsWhatWasKept()
    {
        Add(0);
        Assert.True(Add(1_000_000));

        Assert.Equal([1_000_000], _history.Packets().Select(packet => packet.Sequence));
        Assert.Equal(1_000_001, _history.Next);
    }

    [Fact]
    public void TryGetKeyFrame_ParameterSetsWereOvertaken_IsTheFirstOfThePicture()
    {
        Add(0, 3_000);
        Add(3, 6_000, isKeyFrameStart: true);
        Assert.True(_history.TryGetKeyFrame(_now, out var keyFrame));
        Assert.Equal(3, keyFrame.Sequence);
        Add(2, 6_000);
        Add(1, 6_000, isKeyFrameStart: true);

        Assert.True(_history.TryGetKeyFrame(_now, out keyFrame));
        Assert.Equal(1, keyFrame.Sequence);
    }

    [Fact]
    public void TryGetKeyFrame_TwoStartsOfOnePicture_IsTheFirst()
    {
        Add(0, 3_000, isKeyFrameStart: true);
        Add(1, 3_000);
        Add(2, 3_000, isKeyFrameStart: true);

        Assert.True(_history.TryGetKeyFrame(_now, out var keyFrame));
        Assert.Equal(0, keyFrame.Sequence);
    }

    [Fact]
    public void TryGetKeyFrame_OlderThanTwoSeconds_IsNone()
    {
        Add(0, 3_000, isKeyFrameStart: true);

        Assert.True(_history.TryGetKeyFrame(_now + PacketHistory.MaxAge, out _));
        Assert.False(_history.TryGetKeyFrame(_now + PacketHistory.MaxAge + TimeSpan.FromMilliseconds(1), out _));
    }

    [Fact]
    public void TryGetKeyFrame_MoreThanAMegabyteBehindIt_IsNone()
    {
        Add(0, 3_000, isKeyFrameStart: true);
        for (var i = 1; i <= PacketHistory.MaxKeyFrameRunBytes / 1_200; i++)
        {
            Add(i, 6_000, length: 1_200);
        }

        Assert.True(_history.TryGetKeyFrame(_now, out _));
        Add(2_000, 6_000, length: 1_200);
        Assert.False(_history.TryGetKeyFrame(_now, out _));
    }

    private bool Add(long sequence, uint timestamp = 3_000, bool isKeyFrameStart = false, int length = 100)
    {
        var packet = FeedPackets.Video(_pool, sequence, timestamp, isKeyFrameStart: isKeyFrameStart, length: length, receivedAt: _now);
        var isAdded = _history.Add(_now, packet);
        packet.Buffer.Dispose();
        return isAdded;
    }
}
