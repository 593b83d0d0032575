using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Forwarding;
using MediaRelay.Testing;

namespace MediaRelay.Relay.Tests.Forwarding;

/// <summary>How long a picture's packets wait for each other.</summary>
public sealed class FrameHoldTests : IDisposable
{
    private static readonly Timestamp Start = Timestamp.FromMilliseconds(1_000);
    private readonly LeakCheckingPacketPool _pool = new();
    private readonly FrameHold _hold = new();
    private readonly List<FeedPacket> _ready = [];

    public void Dispose()
    {
        _hold.Clear();
        FeedPackets.Release(_ready);
        _pool.Dispose();
    }

    [Fact]
    public void Add_PictureWithoutItsEnd_IsHeldUntilTheMarkerComes()
    {
        Add(0, 3_000);
        Add(1, 3_000);
        Assert.Empty(_ready);
        Add(2, 3_000, marker: true, atMs: 8);

        Assert.Equal([0, 1, 2], _ready.Select(packet => packet.Sequence));
        Assert.Equal(Timestamp.Never, _hold.Deadline);
    }

    [Fact]
    public void Expire_MarkerDoesNotCome_ReleasesAfter20Milliseconds()
    {
        Add(0, 3_000);
        Add(1, 3_000, atMs: 15);
        Assert.Equal(Start + TimeSpan.FromMilliseconds(20), _hold.Deadline);
        _hold.Expire(Start + TimeSpan.FromMilliseconds(19.9), _ready);
        Assert.Empty(_ready);
        _hold.Expire(Start + TimeSpan.FromMilliseconds(20), _ready);

        Assert.Equal([0, 1], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_NextPictureBegins_ReleasesTheOneBefore()
    {
        Add(0, 3_000);
        Add(1, 6_000);

        Assert.Equal([0], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_AnotherSourcesPicture_ReleasesTheOneBefore()
    {
        Add(0, 3_000);
        Add(1, 3_000, epoch: 1);

        Assert.Equal([0], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_PacketOfAPictureThatHasLeft_PassesAtOnce()
    {
        Add(0, 3_000);
        Add(2, 3_000, marker: true);
        Add(3, 6_000);
        Add(1, 3_000, atMs: 2);

        Assert.Equal([0, 2, 1], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_PacketsThatOvertookEachOther_LeaveInOrder()
    {
        Add(1, 3_000);
        Add(0, 3_000);
        Add(3, 3_000);
        Add(2, 3_000, marker: true);

        Assert.Equal([0, 1, 2, 3], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_KeyFrameWhoseParameterSetsWereOvertaken_WaitsForThem()
    {
        Add(0, 3_000, marker: true);
        Add(3, 6_000, isKeyFrameStart: true);
        Add(4, 6_000, marker: true);
        Assert.Equal([0], _ready.Select(packet => packet.Sequence));
        Add(2, 6_000);
        Add(1, 6_000, isKeyFrameStart: true);

        Assert.Equal([0, 1, 2, 3, 4], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Expire_KeyFrameWhoseParameterSetsDoNotCome_ReleasesAfter20Milliseconds()
    {
        Add(0, 3_000, marker: true);
        Add(3, 6_000, isKeyFrameStart: true, marker: true);
        _hold.Expire(Start + FrameHold.LongestHold, _ready);

        Assert.Equal([0, 3], _ready.Select(packet => packet.Sequence));
    }

    [Fact]
    public void Add_EndlessPicture_IsBounded()
    {
        for (var i = 0; i < 600; i++)
        {
            Add(i, 3_000);
        }

        Assert.Equal(512, _ready.Count);
    }

    private void Add(long sequence, uint timestamp, bool marker = false, bool isKeyFrameStart = false, double atMs = 0, int epoch = 0) =>
        _hold.Add(
            Start + TimeSpan.FromMilliseconds(atMs),
            FeedPackets.Video(_pool, sequence, timestamp, marker, isKeyFrameStart, epoch: epoch), _ready);
}
