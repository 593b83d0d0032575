using MediaRelay.Protocols.Buffers;

namespace MediaRelay.Protocols.Tests.Buffers;

public sealed class DatagramQueueTests
{
    [Fact]
    public void TryTake_AnyOrderOfAddingAndTaking_GivesWhatWasAddedInOrder()
    {
        var random = new Random(7);
        using var queue = new DatagramQueue(maxBytes: 20_000);
        var expected = new Queue<byte[]>();
        var buffer = new byte[2000];
        for (var step = 0; step < 20_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var datagram = new byte[random.Next(0, 1500)];
                random.NextBytes(datagram);
                if (queue.TryReserve(datagram.Length + random.Next(3), out var space))
                {
                    datagram.CopyTo(space);
                    queue.Commit(datagram.Length);
                    expected.Enqueue(datagram);
                }
            }
            else
            {
                Assert.Equal(expected.Count > 0, queue.TryTake(buffer, out var length));
                if (expected.Count > 0)
                {
                    Assert.Equal(expected.Dequeue(), buffer[..length]);
                }
            }

            Assert.Equal(expected.Count == 0, queue.IsEmpty);
            Assert.Equal(expected.Sum(datagram => datagram.Length + 2), queue.Length);
        }
    }

    [Fact]
    public void TryReserve_PastTheBound_IsRefusedUntilSomethingIsTaken()
    {
        using var queue = new DatagramQueue(maxBytes: 2004);
        Assert.True(queue.TryReserve(1000, out _));
        queue.Commit(1000);
        Assert.False(queue.TryReserve(1001, out _));
        Assert.True(queue.TryReserve(1000, out _));
        queue.Commit(1000);
        Assert.False(queue.TryReserve(0, out _));

        Assert.True(queue.TryTake(new byte[1000], out _));

        Assert.True(queue.TryReserve(1000, out _));
    }

    [Fact]
    public void TryTake_DestinationTooShort_GivesTheRestNextTime()
    {
        using var queue = new DatagramQueue(maxBytes: 100);
        Assert.True(queue.TryReserve(3, out var space));
        new byte[] { 1, 2, 3 }.CopyTo(space);
        queue.Commit(3);
        var buffer = new byte[2];

        Assert.True(queue.TryTake(buffer, out var first));
        Assert.Equal([1, 2], buffer[..first]);
        Assert.True(queue.TryTake(buffer, out var rest));

        Assert.Equal([3], buffer[..rest]);
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void TryReserve_WithoutCommit_AddsNothing()
    {
        using var queue = new DatagramQueue(maxBytes: 100);

        Assert.True(queue.TryReserve(50, out _));

        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryTake(new byte[100], out _));
    }
}
