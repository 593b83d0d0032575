using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>What a broken or malicious peer can do: nothing but lose its own association.</summary>
public class SctpHostileInputTests
{
    [Fact]
    public void HandlePacket_EveryPacketOfASessionCutAtEveryLength_NeverThrows()
    {
        foreach (var (packets, target) in new[] { (Record(1), 1), (Record(2), 2) })
        {
            using var pair = new SctpPair(target);
            pair.Connect();
            foreach (var packet in packets)
            {
                for (var length = 0; length < packet.Length; length++)
                {
                    Deliver(pair, packet.AsSpan(0, length).ToArray());
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void HandlePacket_MutatedPackets_NeverThrowsAndStaysBounded(int seed)
    {
        var packets = Record(seed);
        var random = new Random(seed);
        var options = new SctpOptions { MaxIncomingMessageSize = 10_000, ReceiveWindow = 40_000 };
        for (var round = 0; round < 40; round++)
        {
            using var pair = new SctpPair(seed, options, options);
            if (round % 4 != 0)
            {
                pair.Connect();
            }

            for (var step = 0; step < 300; step++)
            {
                var mutant = (byte[])packets[random.Next(packets.Count)].Clone();
                for (var changes = random.Next(1, 6); changes > 0; changes--)
                {
                    mutant[random.Next(mutant.Length)] = random.Next(3) switch
                    {
                        0 => 0,
                        1 => 255,
                        _ => (byte)random.Next(256),
                    };
                }

                Deliver(pair, mutant[..random.Next(mutant.Length / 2, mutant.Length + 1)]);
                Assert.InRange(pair.Server.Receiver.Messages.HeldBytes, 0, 80_000);
                Assert.InRange(pair.BuffersOutstanding, 0, 300);
            }
        }
    }

    [Fact]
    public void HandlePacket_WrongTagPortOrChecksum_IsCountedAndIgnored()
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        var good = SctpPackets.WithData(tag, pair.Client.Sender.NextTsn, 3, 0, 0, 1, 2, 3);

        var wrongTag = SctpPackets.WithData(tag + 1, pair.Client.Sender.NextTsn, 3, 0, 0, 1, 2, 3);
        pair.Server.HandlePacket(pair.Now, wrongTag);
        Assert.Equal(1, pair.Drops[DropReason.SctpBadTag]);

        var wrongSum = (byte[])good.Clone();
        wrongSum[8] ^= 1;
        pair.Server.HandlePacket(pair.Now, wrongSum);
        var wrongPort = (byte[])good.Clone();
        wrongPort[1] ^= 1;
        pair.Server.HandlePacket(pair.Now, wrongPort);
        pair.Server.HandlePacket(pair.Now, []);
        Assert.Equal(3, pair.Drops[DropReason.SctpMalformed]);
        Assert.False(pair.Server.TryReadMessage(out _));

        pair.Server.HandlePacket(pair.Now, good);
        Assert.True(pair.Server.TryReadMessage(out var message));
        Assert.Equal([1, 2, 3], message.Data.ToArray());
    }

    [Fact]
    public void HandlePacket_GapsWithoutEnd_StayWithinTheWindow()
    {
        var options = new SctpOptions { MaxIncomingMessageSize = 10_000, ReceiveWindow = 40_000 };
        using var pair = new SctpPair(1, options, options);
        var tag = Connect(pair);
        var tsn = pair.Client.Sender.NextTsn;
        for (var i = 1; i < 5000; i++)
        {
            pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn + (2 * i), 3, 0, (ushort)(2 * i), new byte[100]));
            pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn - i, 3, 0, 0, 1));
        }

        Assert.InRange(pair.Server.Receiver.Messages.HeldBytes, 1, 80_000);
        Assert.True(pair.Drops[DropReason.QueueFull] > 0);
        Assert.False(pair.Server.TryReadMessage(out _));
    }

    [Fact]
    public void HandlePacket_FragmentsWithoutBegin_AreDroppedOnceTheyAreHopeless()
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        var tsn = pair.Client.Sender.NextTsn;

        // A middle fragment where a message must begin; then a begin whose successor begins another message.
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn, 0, 0, 0, 1));
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn + 1, DataChunk.BeginFlag, 0, 0, 1));
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn + 2, 3, 0, 0, 7));

        Assert.True(pair.Server.TryReadMessage(out var message));
        Assert.Equal([7], message.Data.ToArray());
        Assert.False(pair.Server.TryReadMessage(out _));
        Assert.Equal(0, pair.Server.Receiver.Messages.HeldBytes);
    }

    [Fact]
    public void HandlePacket_SackForWhatWasNeverSent_IsIgnored()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        var tag = pair.Client.LocalTag;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        var next = pair.Client.Sender.NextTsn;

        pair.Client.HandlePacket(pair.Now, SctpPackets.WithSack(tag, next + 1000, 100_000));
        pair.Client.HandlePacket(
            pair.Now,
            SctpPackets.WithSack(tag, next - 1, 100_000, new TsnRange(next + 5, next + 9), new TsnRange(next + 2, next)));

        Assert.Equal(1, pair.Client.BufferedBytes);
        Assert.Equal(1, pair.Drops[DropReason.SctpMalformed]);
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));
        Assert.Single(pair.ServerMessages);
    }

    [Fact]
    public void HandlePacket_EmptyData_Aborts()
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, pair.Client.Sender.NextTsn, 3, 0, 0));

        Assert.True(pair.RunUntil(() => pair.Client.IsClosed && pair.Server.IsClosed));

        Assert.Equal(SctpCloseReason.ProtocolViolation, pair.ServerEvents[^1].Reason);
        Assert.Equal(SctpCloseReason.PeerAbort, pair.ClientEvents[^1].Reason);
    }

    [Theory]
    [InlineData(0x3F, false, false)]
    [InlineData(0x7F, true, false)]
    [InlineData(0xBF, false, true)]
    [InlineData(0xFF, true, true)]
    public void HandlePacket_UnknownChunk_FollowsItsUpperBits(byte type, bool isReported, bool goesOn)
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        var packet = new byte[200];
        var writer = new SctpPacketWriter(packet);
        Assert.True(writer.TryAddChunk((SctpChunkType)type, 0, 3, out _));
        Assert.True(DataChunk.TryWrite(ref writer, 3, pair.Client.Sender.NextTsn, 0, 0, 53, 1, out var data));
        data[0] = 5;
        var reports = 0;
        pair.Tap = (isClient, sent) => reports += !isClient && SctpPackets.ChunkTypes(sent).Contains(SctpChunkType.Error) ? 1 : 0;

        pair.Server.HandlePacket(pair.Now, packet.AsSpan(0, writer.Complete(5000, 5000, tag, hasChecksum: true)));
        pair.Pump();

        Assert.Equal(isReported ? 1 : 0, reports);
        Assert.Equal(goesOn ? 1 : 0, pair.ServerMessages.Count);
    }

    [Fact]
    public void HandlePacket_HeartbeatFlood_QueuesNoMoreThanABuffer()
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        pair.RunFor(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1000; i++)
        {
            pair.Server.HandlePacket(pair.Now, SctpPackets.WithChunk(tag, SctpChunkType.Heartbeat, 0, 0, 1, 0, 8, 1, 2, 3, 4));
        }

        Assert.Equal(1, pair.BuffersOutstanding);
        var answers = 0;
        pair.Tap = (isClient, sent) => answers += isClient ? 0 : SctpPackets.ChunkTypes(sent).Count;
        pair.Pump();
        Assert.InRange(answers, 100, 170);
        Assert.Equal(0, pair.BuffersOutstanding);
    }

    [Fact]
    public void HandlePacket_StreamBeyondLimit_IsReportedNotDelivered()
    {
        using var pair = new SctpPair(1);
        var tag = Connect(pair);
        var errors = 0;
        pair.Tap = (isClient, sent) => errors += !isClient && SctpPackets.ChunkTypes(sent).Contains(SctpChunkType.Error) ? 1 : 0;
        var tsn = pair.Client.Sender.NextTsn;

        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn, 3, 1024, 0, 1));
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithData(tag, tsn + 1, 3, 1023, 0, 2));
        pair.Pump();

        Assert.Equal(1, errors);
        Assert.Equal(1023, Assert.Single(pair.ServerMessages).Stream);
    }

    /// <summary>Connects and gives the tag that the server wants to see.</summary>
    private static uint Connect(SctpPair pair)
    {
        pair.Connect();
        return pair.Server.LocalTag;
    }

    /// <summary>The packets of a session in which everything happens.</summary>
    private static List<byte[]> Record(int seed)
    {
        var packets = new List<byte[]>();
        using var pair = new SctpPair(seed);
        pair.Network.Configure(conditions =>
        {
            conditions.Loss = 0.15;
            conditions.Duplicate = 0.1;
        });
        pair.Tap = (_, packet) => packets.Add(packet);
        pair.Connect();
        for (var i = 0; i < 30; i++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, (ushort)(i % 4), 53, new byte[1 + (i * 100)], i % 2 == 0, i % 3 == 0 ? 0 : null));
            Assert.True(pair.Server.TrySend(pair.Now, (ushort)(i % 4), 53, new byte[1 + (i * 10)]));
            pair.RunFor(TimeSpan.FromMilliseconds(20));
        }

        pair.Client.ResetStream(2);
        pair.RunFor(TimeSpan.FromSeconds(50));
        pair.Client.Shutdown(pair.Now);
        Assert.True(pair.RunUntil(() => pair.Client.IsClosed), pair.Network.ToString());
        var types = packets.SelectMany(packet => SctpPackets.ChunkTypes(packet)).Distinct().ToList();
        Assert.Contains(SctpChunkType.Reconfig, types);
        Assert.Contains(SctpChunkType.ForwardTsn, types);
        Assert.Contains(SctpChunkType.Heartbeat, types);
        return packets;
    }

    /// <summary>
    /// Gives a packet to both sides, with their own tags and a checksum that is right, so that it is not thrown away at the door.
    /// </summary>
    private static void Deliver(SctpPair pair, byte[] packet)
    {
        foreach (var (association, tag) in new[] { (pair.Server, pair.Server.LocalTag), (pair.Client, pair.Client.LocalTag) })
        {
            if (packet.Length >= SctpPacket.HeaderLength)
            {
                var type = packet.Length > SctpPacket.HeaderLength ? (SctpChunkType)packet[SctpPacket.HeaderLength] : SctpChunkType.Data;
                packet[0] = packet[2] = 5000 >> 8;
                packet[1] = packet[3] = 5000 & 0xFF;
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), type == SctpChunkType.Init ? 0 : tag);
                BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), SctpPacket.ComputeChecksum(packet));
            }

            association.HandlePacket(pair.Now, packet);
        }

        pair.RunFor(TimeSpan.FromMilliseconds(1));
    }
}
