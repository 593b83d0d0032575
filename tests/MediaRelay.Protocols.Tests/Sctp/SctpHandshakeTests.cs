using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;
using MediaRelay.Testing;

namespace MediaRelay.Protocols.Tests.Sctp;

public class SctpHandshakeTests
{
    [Fact]
    public void Connect_CleanNetwork_TakesTwoRoundTripsAndCarriesWaitingMessages()
    {
        using var pair = new SctpPair(1);
        var start = pair.Now;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 51, [1, 2, 3]));
        pair.Client.Connect(pair.Now);

        Assert.True(pair.RunUntil(() => pair.ServerMessages.Count == 1));

        // INIT, INIT ACK, then COOKIE ECHO together with the message: three ways of 10 ms each.
        Assert.Equal(TimeSpan.FromMilliseconds(30), pair.Now - start);
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));
        Assert.Equal([new SctpEvent(SctpEventKind.Connected), new SctpEvent(SctpEventKind.BufferedAmountLow)], pair.ClientEvents);
        Assert.Equal([new SctpEvent(SctpEventKind.Connected)], pair.ServerEvents);
        Assert.Equal(0, pair.BuffersOutstanding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Connect_BothSidesAtOnceWithLoss_MakesOneAssociation(int seed)
    {
        using var pair = new SctpPair(seed);
        pair.Network.Configure(conditions => conditions.Loss = seed > 2 ? 0.3 : 0);
        Assert.True(pair.Client.TrySend(pair.Now, 0, 51, "from client"u8));
        Assert.True(pair.Server.TrySend(pair.Now, 1, 51, "from server"u8));
        pair.Client.Connect(pair.Now);
        pair.Server.Connect(pair.Now);

        Assert.True(
            pair.RunUntil(() => pair.Client.BufferedBytes == 0 && pair.Server.BufferedBytes == 0 && pair.ServerMessages.Count > 0),
            pair.Network.ToString());

        Assert.Equal("from client"u8.ToArray(), Assert.Single(pair.ServerMessages).Data);
        Assert.Equal("from server"u8.ToArray(), Assert.Single(pair.ClientMessages).Data);
        Assert.Single(pair.ClientEvents, item => item.Kind == SctpEventKind.Connected);
        Assert.Single(pair.ServerEvents, item => item.Kind == SctpEventKind.Connected);
    }

    [Fact]
    public void Connect_NobodyAnswers_RepeatsWithBackoffThenCloses()
    {
        var times = new List<double>();
        using var pair = new SctpPair(1, new SctpOptions { MaxInitRetransmissions = 4 });
        pair.Network.AToB.Conditions.Loss = 1;
        var start = pair.Now;
        pair.Tap = (_, _) => times.Add((pair.Now - start).TotalMilliseconds);
        pair.Client.Connect(pair.Now);

        Assert.True(pair.RunUntil(() => pair.Client.IsClosed));

        Assert.Equal([0, 400, 1200, 2800, 6000], times);
        Assert.Equal([new SctpEvent(SctpEventKind.Closed, Reason: SctpCloseReason.HandshakeTimeout)], pair.ClientEvents);
    }

    [Fact]
    public void Packets_BothOfferZeroChecksum_OnlyHandshakeCarriesOne()
    {
        var packets = new List<(SctpChunkType First, bool HasChecksum)>();
        using var pair = new SctpPair(1);
        pair.Tap = (_, packet) => packets.Add(
            ((SctpChunkType)packet[12], BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(8)) != 0));
        pair.Connect();
        pair.Client.TrySend(pair.Now, 0, 51, [1]);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Contains(packets, packet => packet.First == SctpChunkType.Data);
        Assert.All(
            packets,
            packet => Assert.Equal(
                packet.First is SctpChunkType.Init or SctpChunkType.InitAck or SctpChunkType.CookieEcho,
                packet.HasChecksum));
    }

    [Fact]
    public void HandlePacket_InitWithoutZeroChecksum_IsAnsweredWithChecksumsOnly()
    {
        using var pool = new LeakCheckingPacketPool();
        using var server = new SctpAssociation(new SctpOptions(), pool, new PacketDrops(), new Random(1));
        var now = new ManualTime().Now;
        server.HandlePacket(now, Convert.FromHexString(SctpChunkTests.UsrsctpInit));

        var packet = new byte[1150];
        Assert.True(server.TryWritePacket(now, packet, out var length));
        Assert.True(SctpPacket.TryParse(packet.AsSpan(0, length), out var answer));
        Assert.True(answer.HasValidChecksum);
        Assert.Equal(0x55b9_64a5u, answer.VerificationTag);
        Assert.Equal(SctpChunkType.InitAck, answer.FirstChunkType);
        Assert.False(server.TryWritePacket(now, packet, out _));

        // The peer brings the cookie back.
        var reader = new SctpChunkReader(answer.Chunks);
        Assert.True(reader.TryRead(out var chunk));
        Assert.True(InitChunk.TryParse(chunk, [], out _, out var init));
        var echo = new byte[1150];
        var writer = new SctpPacketWriter(echo);
        Assert.True(writer.TryAddChunk(SctpChunkType.CookieEcho, 0, init.Cookie.Length, out var value));
        init.Cookie.CopyTo(value);
        server.HandlePacket(now, echo.AsSpan(0, writer.Complete(5000, 5000, init.Terms.Tag, hasChecksum: true)));

        Assert.True(server.TryWritePacket(now, packet, out length));
        Assert.True(SctpPacket.TryParse(packet.AsSpan(0, length), out answer));
        Assert.Equal(SctpChunkType.CookieAck, answer.FirstChunkType);
        Assert.NotEqual(0u, answer.Checksum);
        Assert.True(answer.HasValidChecksum);
    }

    [Fact]
    public void HandlePacket_ManyInits_KeepNoMoreThanOneBuffer()
    {
        using var pool = new LeakCheckingPacketPool();
        using var server = new SctpAssociation(new SctpOptions(), pool, new PacketDrops(), new Random(1));
        var init = Convert.FromHexString(SctpChunkTests.UsrsctpInit);
        for (var i = 0; i < 100; i++)
        {
            server.HandlePacket(new ManualTime().Now, init);
        }

        Assert.Equal(1, pool.Outstanding);
        Assert.False(server.TryReadEvent(out _));
    }

    [Fact]
    public void HandlePacket_CookieComesTooLate_ClientBeginsAgain()
    {
        using var pair = new SctpPair(1, new SctpOptions { MaxInitRetransmissions = 100, RtoMax = TimeSpan.FromSeconds(1) });
        pair.Client.Connect(pair.Now);
        pair.RunFor(TimeSpan.FromMilliseconds(15));
        pair.Network.AToB.Conditions.Loss = 1;
        pair.RunFor(TimeSpan.FromSeconds(70));
        Assert.False(pair.Client.IsConnected);

        pair.Network.AToB.Conditions.Loss = 0;

        Assert.True(pair.RunUntil(() => pair.Client.IsConnected && pair.Server.IsConnected));
    }

    [Fact]
    public void HandlePacket_PeerBeginsAnew_RestartsAndDataFlows()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Server.TrySend(pair.Now, 0, 51, "never read"u8);
        pair.RunFor(TimeSpan.FromSeconds(1));
        using var pool = new LeakCheckingPacketPool();
        using var reborn = new SctpAssociation(new SctpOptions(), pool, new PacketDrops(), new Random(99));
        reborn.Connect(pair.Now);
        Exchange(pair, reborn);

        Assert.True(reborn.IsConnected);
        Assert.Contains(new SctpEvent(SctpEventKind.Restarted), Events(pair.Server));
        Assert.True(reborn.TrySend(pair.Now, 0, 51, "again"u8));
        Exchange(pair, reborn);
        Assert.True(pair.Server.TryReadMessage(out var message));
        Assert.Equal("again"u8.ToArray(), message.Data.ToArray());
        Assert.True(pair.Server.TrySend(pair.Now, 0, 51, "back"u8));
        Exchange(pair, reborn);
        Assert.True(reborn.TryReadMessage(out message));
        Assert.Equal("back"u8.ToArray(), message.Data.ToArray());
    }

    private static List<SctpEvent> Events(SctpAssociation association)
    {
        var events = new List<SctpEvent>();
        while (association.TryReadEvent(out var item))
        {
            events.Add(item);
        }

        return events;
    }

    private static void Exchange(SctpPair pair, SctpAssociation reborn)
    {
        var packet = new byte[1150];
        for (var isMoving = true; isMoving;)
        {
            isMoving = false;
            while (reborn.TryWritePacket(pair.Now, packet, out var length))
            {
                pair.Server.HandlePacket(pair.Now, packet.AsSpan(0, length));
                isMoving = true;
            }

            while (pair.Server.TryWritePacket(pair.Now, packet, out var length))
            {
                reborn.HandlePacket(pair.Now, packet.AsSpan(0, length));
                isMoving = true;
            }
        }
    }
}
