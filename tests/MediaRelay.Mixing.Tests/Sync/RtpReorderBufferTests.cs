using MediaRelay.Mixing.Sync;
using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Mixing.Tests.Sync;

public sealed class RtpReorderBufferTests
{
    private readonly PacketPool _pool = new();

    [Fact]
    public void TryTake_ShuffledPackets_GivesThemInOrderOverTheWrap()
    {
        using var buffer = new RtpReorderBuffer(_pool, 90_000);
        Insert(buffer, 0, 65_530);
        var taken = TakeAll(buffer, 0);
        var numbers = Enumerable.Range(65_531, 20).Select(number => (ushort)number).ToArray();
        var random = new Random(4);
        for (var i = 0; i + 3 < numbers.Length; i += 4)
        {
            random.Shuffle(numbers.AsSpan(i, 4));
        }

        foreach (var number in numbers)
        {
            Insert(buffer, 1, number);
            taken.AddRange(TakeAll(buffer, 1));
        }

        Assert.Equal(Enumerable.Range(65_530, 21).Select(number => (ushort)number), taken);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void TryTake_MissingPacket_IsWaitedForThenGivenUp()
    {
        using var buffer = new RtpReorderBuffer(_pool, 90_000) { MaxWait = TimeSpan.FromMilliseconds(100) };
        Insert(buffer, 0, 10);
        Insert(buffer, 20, 12);
        Assert.Equal([10], TakeAll(buffer, 20));
        Assert.Equal(Timestamp.FromMilliseconds(120), buffer.NextTimeout);
        Assert.Empty(TakeAll(buffer, 119));
        Assert.Equal([12], TakeAll(buffer, 120));
        Insert(buffer, 130, 11);
        Assert.Empty(TakeAll(buffer, 500));
        Assert.Equal(1, buffer.Late);
    }

    [Fact]
    public void TryTake_MissingPacketComesInTime_KeepsItsPlace()
    {
        using var buffer = new RtpReorderBuffer(_pool, 90_000);
        Insert(buffer, 0, 10);
        Insert(buffer, 5, 12);
        Insert(buffer, 5, 12);
        Assert.Equal([10], TakeAll(buffer, 5));
        Insert(buffer, 60, 11);
        Assert.Equal([11, 12], TakeAll(buffer, 60));
        Insert(buffer, 70, 11);
        Assert.Empty(TakeAll(buffer, 70));
        Assert.Equal(0, buffer.Late);
        Assert.Equal(Timestamp.Never, buffer.NextTimeout);
    }

    [Fact]
    public void TryTake_WithNever_WaitsForNothing()
    {
        using var buffer = new RtpReorderBuffer(_pool, 48_000);
        Insert(buffer, 0, 10);
        Insert(buffer, 0, 15);
        Assert.True(buffer.TryTake(Timestamp.Never, out var first));
        first.Dispose();
        Assert.True(buffer.TryTake(Timestamp.Never, out var second));
        second.Dispose();
        Assert.False(buffer.TryTake(Timestamp.Never, out _));
    }

    [Fact]
    public void Insert_JumpBeyondTheBuffer_StartsThere()
    {
        using var buffer = new RtpReorderBuffer(_pool, 90_000);
        Insert(buffer, 0, 10);
        Insert(buffer, 0, 12);
        Insert(buffer, 0, 5_000);
        Assert.Equal([5_000], TakeAll(buffer, 0));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Insert_AnyOrderWithLoss_KeepsEveryBufferAccountedFor()
    {
        var random = new Random(6);
        var buffer = new RtpReorderBuffer(_pool, 90_000);
        for (var i = 0; i < 20_000; i++)
        {
            Insert(buffer, i, (ushort)(i + random.Next(-700, 700)));
            if (i % 7 == 0)
            {
                TakeAll(buffer, i);
            }
        }

        buffer.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Jitter_PacketsSpacedUnevenly_FollowsRfc3550()
    {
        using var buffer = new RtpReorderBuffer(_pool, 90_000);
        for (var i = 0; i < 200; i++)
        {
            // Every other packet 8 ms late: D is ±8 ms, so J tends to 8 ms.
            Insert(buffer, (i * 33) + 1 + (i % 2 * 8), (ushort)i, timestamp: (uint)(i * 2_970));
            TakeAll(buffer, i * 33);
        }

        Assert.InRange(buffer.Jitter.TotalMilliseconds, 7.5, 8.1);
    }

    private static void Insert(RtpReorderBuffer buffer, long atMs, ushort number, uint timestamp = 0)
    {
        var bytes = new byte[40];
        RtpHeaderWriter.Write(bytes, false, new PayloadType(96), new SequenceNumber(number), new RtpTimestamp(timestamp), new Ssrc(1));
        Assert.True(RtpPacket.TryParse(bytes, out var packet));
        buffer.Insert(Timestamp.FromMilliseconds(atMs), packet);
    }

    private static List<ushort> TakeAll(RtpReorderBuffer buffer, long atMs)
    {
        var taken = new List<ushort>();
        while (buffer.TryTake(Timestamp.FromMilliseconds(atMs), out var packet))
        {
            Assert.True(RtpPacket.TryParse(packet.Span, out var parsed));
            taken.Add(parsed.SequenceNumber.Value);
            packet.Dispose();
        }

        return taken;
    }
}
