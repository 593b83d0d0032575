using MediaRelay.Protocols.Buffers;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Buffers;

/// <summary>Buffers of two sizes go back to where they came from, and moving to the smaller one keeps the packet and the count.</summary>
public sealed class PacketPoolTests
{
    [Theory]
    [InlineData(0, PacketBuffer.ShortLength)]
    [InlineData(PacketBuffer.ShortLength, PacketBuffer.ShortLength)]
    [InlineData(PacketBuffer.ShortLength + 1, PacketBuffer.MaxLength)]
    [InlineData(PacketBuffer.MaxLength, PacketBuffer.MaxLength)]
    public void Rent_Length_GivesTheSmallestBufferThatHoldsIt(int length, int space)
    {
        using var buffer = new PacketPool().Rent(length);

        Assert.Equal(space, buffer.Space.Length);
        Assert.Equal(PacketBuffer.Headroom + space, buffer.Array.Length);
    }

    [Fact]
    public void Rent_LongerThanAnyBuffer_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketPool().Rent(PacketBuffer.MaxLength + 1));

    [Fact]
    public void Return_BothSizes_AreUsedAgainForTheirOwn()
    {
        var pool = new PacketPool(capacity: 4);
        var whole = pool.Rent();
        var compact = pool.Rent(100);
        whole.Dispose();
        compact.Dispose();

        Assert.Same(compact, pool.Rent(100));
        Assert.Same(whole, pool.Rent());
        Assert.Equal(2, pool.Outstanding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(PacketBuffer.ShortLength)]
    public void Compact_ShortPacket_MovesAndReturnsTheLongBuffer(int length)
    {
        using var pool = new LeakCheckingPacketPool();
        var buffer = pool.Rent();
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        Assert.True(buffer.TrySet(bytes));

        var compact = buffer.Compact();

        Assert.NotSame(buffer, compact);
        Assert.Equal(1, pool.Outstanding);
        Assert.Equal(bytes, compact.Span.ToArray());
        Assert.Equal(PacketBuffer.ShortLength, compact.Space.Length);
        Assert.Same(compact, compact.Compact());
        compact.Dispose();
    }

    [Fact]
    public void Compact_LongPacket_StaysWhereItIs()
    {
        using var pool = new LeakCheckingPacketPool();
        using var buffer = pool.Rent();
        Assert.True(buffer.TrySet(new byte[PacketBuffer.ShortLength + 1]));

        Assert.Same(buffer, buffer.Compact());
    }

    [Fact]
    public void TrySet_ShortBuffer_TakesNoMoreThanItHolds()
    {
        using var buffer = new PacketPool().Rent(1);

        Assert.True(buffer.TrySet(new byte[PacketBuffer.ShortLength]));
        Assert.False(buffer.TrySet(new byte[PacketBuffer.ShortLength + 1]));
    }
}
