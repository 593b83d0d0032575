using MediaRelay.Client.Hosts;
using MediaRelay.Protocols.Rtp;
using MediaRelay.Testing;

namespace MediaRelay.Client.Tests.Hosts;

public sealed class SentPacketsTests
{
    [Fact]
    public void TryFind_SentPackets_GivesTheLastOnesAcrossTheWrap()
    {
        using var pool = new LeakCheckingPacketPool();
        using var packets = new SentPackets(pool, capacity: 8, firstNumber: 65_530);
        for (var i = 0; i < 20; i++)
        {
            Add(packets, (byte)i);
            packets.TakeUnsent(out var header, out var payload);
            Assert.Equal((12, (byte)i), (header.Length, payload[0]));
        }

        for (var i = 0; i < 20; i++)
        {
            var isKept = packets.TryFind(new SequenceNumber((ushort)(65_530 + i)), out _, out var payload);
            Assert.Equal(i >= 12, isKept);
            Assert.True(!isKept || payload[0] == i);
        }
    }

    [Fact]
    public void TryFind_PacketNotSentYet_IsNotGivenOut()
    {
        using var pool = new LeakCheckingPacketPool();
        using var packets = new SentPackets(pool, capacity: 4, firstNumber: 10);
        Add(packets, 1);
        Assert.False(packets.TryFind(new SequenceNumber(10), out _, out _));
        Assert.False(packets.TryFind(new SequenceNumber(9), out _, out _));
        packets.TakeUnsent(out _, out _);
        Assert.True(packets.TryFind(new SequenceNumber(10), out _, out _));
        Assert.False(packets.TryFind(new SequenceNumber(11), out _, out _));
        Assert.False(packets.TryFind(new SequenceNumber(40_000), out _, out _));
    }

    [Fact]
    public void IsFull_AllWaitToBeSent_SaysSo()
    {
        using var pool = new LeakCheckingPacketPool();
        using var packets = new SentPackets(pool, capacity: 4, firstNumber: 0);
        for (byte i = 0; i < 4; i++)
        {
            Assert.False(packets.IsFull);
            Add(packets, i);
        }

        Assert.True(packets.IsFull);
        Assert.Equal(4, packets.UnsentCount);
        packets.TakeUnsent(out _, out var payload);
        Assert.Equal(0, payload[0]);
        Assert.False(packets.IsFull);
    }

    private static void Add(SentPackets packets, byte value)
    {
        var space = packets.Space;
        space[12] = value;
        packets.Add(headerLength: 12, length: 13);
    }
}
