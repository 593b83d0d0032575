using MediaRelay.Protocols.Buffers;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>What an association costs: nothing per message in steady state, little while idle.</summary>
[Collection(nameof(RunsAlone))]
public class SctpCostTests
{
    private readonly byte[] _packet = new byte[1150];
    private Timestamp _now = Timestamp.FromMilliseconds(1000);

    [Theory]
    [InlineData(10, 200)]
    [InlineData(1, 1)]
    [InlineData(100, 60)]
    [InlineData(2, 5000)]
    public void TrySend_SteadyTraffic_AllocatesNothing(int messages, int size)
    {
        var (client, server) = MakePair(new PacketPool(64));
        var message = new byte[size];
        for (var round = 0; round < 2000; round++)
        {
            Round(client, server, message, messages);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            Round(client, server, message, messages);
        }

        // Up to 100,000 messages without a byte of their own; a collection that trims the shared array pool meanwhile costs an array.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public void Association_AfterTraffic_HoldsLittle()
    {
        const int Pairs = 500;
        var pool = new PacketPool(64);
        var pairs = new List<(SctpAssociation Client, SctpAssociation Server)>(Pairs);
        var message = new byte[2000];
        AddPairs(pool, pairs, 20, message);
        pairs.Clear();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        AddPairs(pool, pairs, Pairs, message);
        var perAssociation = (GC.GetTotalMemory(forceFullCollection: true) - before) / (2 * Pairs);

        // 4.6 KB, of which 3 KB are the queues that a flush of 32 messages filled.
        Assert.InRange(perAssociation, 500, 6000);
        Assert.Equal(0, pool.Outstanding);
        GC.KeepAlive(pairs);
    }

    private void AddPairs(PacketPool pool, List<(SctpAssociation Client, SctpAssociation Server)> pairs, int count, byte[] message)
    {
        for (var i = 0; i < count; i++)
        {
            var pair = MakePair(pool);
            Round(pair.Client, pair.Server, message, 50);
            Round(pair.Server, pair.Client, message, 2);
            pairs.Add(pair);
        }
    }

    private (SctpAssociation Client, SctpAssociation Server) MakePair(PacketPool pool)
    {
        var drops = new PacketDrops();
        var client = new SctpAssociation(new SctpOptions(), pool, drops, new Random(1));
        var server = new SctpAssociation(new SctpOptions(), pool, drops, new Random(2));
        client.Connect(_now);
        Exchange(client, server);
        Assert.True(client.IsConnected && server.IsConnected);
        while (client.TryReadEvent(out _) || server.TryReadEvent(out _))
        {
        }

        return (client, server);
    }

    /// <summary>Sends messages, delivers and reads them, and lets the delayed acknowledgement come.</summary>
    private void Round(SctpAssociation from, SctpAssociation to, byte[] message, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Require(from.TrySend(_now, 0, 53, message));
        }

        Exchange(from, to);
        _now += TimeSpan.FromMilliseconds(120);
        from.HandleTimeout(_now);
        to.HandleTimeout(_now);
        Exchange(from, to);
        Require(from.BufferedBytes == 0);
        while (from.TryReadEvent(out _))
        {
        }
    }

    /// <summary>xunit's assertions allocate.</summary>
    private static void Require(bool isMet)
    {
        if (!isMet)
        {
            Assert.Fail("a message was refused or not acknowledged");
        }
    }

    private void Exchange(SctpAssociation first, SctpAssociation second)
    {
        for (var isMoving = true; isMoving;)
        {
            isMoving = false;
            while (first.TryWritePacket(_now, _packet, out var length))
            {
                second.HandlePacket(_now, _packet.AsSpan(0, length));
                while (second.TryReadMessage(out _))
                {
                }

                isMoving = true;
            }

            while (second.TryWritePacket(_now, _packet, out var length))
            {
                first.HandlePacket(_now, _packet.AsSpan(0, length));
                isMoving = true;
            }
        }
    }
}

/// <summary>For tests that measure memory: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public class RunsAlone;
