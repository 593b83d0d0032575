using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>Sizes, windows, acknowledgements and timing of a running association.</summary>
public class SctpTransferTests
{
    private static readonly SctpOptions Large = new()
    {
        MaxIncomingMessageSize = 262_144,
        MaxOutgoingMessageSize = 262_144,
        ReceiveWindow = 320_000,
        SendBufferSize = 600_000,
    };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.3)]
    public void TrySend_MessageOf256KiB_ArrivesWhole(int seed, double loss)
    {
        using var pair = new SctpPair(seed, Large, Large);
        pair.Network.Configure(conditions => conditions.Loss = loss);
        pair.Connect();
        var message = new byte[262_144];
        new Random(seed).NextBytes(message);

        Assert.True(pair.Client.TrySend(pair.Now, 5, 53, message));
        Assert.True(pair.Client.TrySend(pair.Now, 5, 51, [42]));
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0, seconds: 600), pair.Network.ToString());

        Assert.Equal(2, pair.ServerMessages.Count);
        Assert.True(message.AsSpan().SequenceEqual(pair.ServerMessages[0].Data), pair.Network.ToString());
        Assert.Equal([42], pair.ServerMessages[1].Data);
        Assert.Equal(51u, pair.ServerMessages[1].PayloadProtocol);
    }

    [Fact]
    public void TrySend_EverySizeAroundAFragment_ArrivesWhole()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        var expected = new List<byte[]>();
        for (var size = 1; size < 2400; size += size is > 1100 and < 1140 or > 2220 and < 2260 ? 1 : 37)
        {
            var message = Enumerable.Range(0, size).Select(value => (byte)(value * 7)).ToArray();
            Assert.True(pair.RunUntil(() => pair.Client.SendBufferFree > size));
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, message));
            expected.Add(message);
        }

        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));
        Assert.Equal(expected, pair.ServerMessages.Select(message => message.Data));
    }

    [Fact]
    public void TrySend_TooLargeForPeerOrBuffer_ReturnsFalse()
    {
        var options = new SctpOptions { MaxOutgoingMessageSize = 1000, SendBufferSize = 4096 };
        using var pair = new SctpPair(1, options);
        pair.Connect();

        Assert.False(pair.Client.TrySend(pair.Now, 0, 53, new byte[1001]));
        for (var i = 0; i < 4; i++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[1000]));
        }

        Assert.Equal(4000, pair.Client.BufferedBytes);
        Assert.Equal(96, pair.Client.SendBufferFree);
        Assert.False(pair.Client.TrySend(pair.Now, 0, 53, new byte[97]));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[96]));
        Assert.False(pair.Client.TrySend(pair.Now, 0, 53, new byte[1]));
        Assert.False(pair.Client.TrySend(pair.Now, SctpOptions.MaxStreams, 53, new byte[1]));
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));
        Assert.Equal(4096, pair.Client.SendBufferFree);
        Assert.Single(pair.ClientEvents, item => item.Kind == SctpEventKind.BufferedAmountLow);
    }

    [Fact]
    public void TrySend_FloodOfTinyMessages_IsBoundedByTheirBookkeeping()
    {
        using var pair = new SctpPair(1, new SctpOptions { SendBufferSize = 65_536 });
        pair.Connect();
        var accepted = 0;
        while (pair.Client.TrySend(pair.Now, 0, 53, [1]))
        {
            accepted++;
        }

        Assert.Equal(1024, accepted);
        Assert.Equal(0, pair.Client.SendBufferFree);
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));
        Assert.Equal(1024, pair.ServerMessages.Count);
    }

    [Fact]
    public void HandlePacket_MessageLargerThanAnnounced_IsDroppedAndCounted()
    {
        using var pair = new SctpPair(
            1,
            new SctpOptions { MaxOutgoingMessageSize = 0 },
            new SctpOptions { MaxIncomingMessageSize = 5000, ReceiveWindow = 30_000 });
        pair.Connect();
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[5000]));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[5001]));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[200_000]));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [7]));

        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));

        Assert.Equal([5000, 1], pair.ServerMessages.Select(message => message.Data.Length));
        Assert.Equal(2, pair.Drops[DropReason.MessageTooLarge]);
        Assert.Equal(0, pair.Server.Receiver.Messages.HeldBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void TryWritePacket_MessagesThatDoNotFitEvenly_FillsAllPacketsButTheLast(double loss)
    {
        using var pair = new SctpPair(seed: 5).Connect();
        pair.Network.Configure(conditions => conditions.Loss = loss);
        var lengths = new List<int>();
        pair.Tap = (isClient, packet) =>
        {
            if (isClient)
            {
                lengths.Add(packet.Length);
            }
        };
        var random = new Random(5);
        var sent = new List<byte[]>();
        for (var i = 0; i < 40; i++)
        {
            var message = new byte[random.Next(150, 330)];
            random.NextBytes(message);
            sent.Add(message);
            Assert.True(pair.Client.TrySend(pair.Now, 1, 51, message));
        }

        Assert.True(pair.RunUntil(() => pair.ServerMessages.Count == sent.Count));
        Assert.Equal(sent, pair.ServerMessages.Select(message => message.Data));
        if (loss == 0)
        {
            // What is left of a packet may be too little to cut a message for.
            var full = new SctpOptions().MaxPacketSize & ~3;
            Assert.All(lengths.Where(length => length > 500).SkipLast(1), length => Assert.InRange(length, full - 48, full));
            Assert.InRange(lengths.Count(length => length == full), 6, int.MaxValue);
        }
    }

    [Fact]
    public void TryWritePacket_ManySmallMessages_FillsPackets()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.RunFor(TimeSpan.FromSeconds(1));
        var packets = new List<int>();
        pair.Tap = (isClient, packet) =>
        {
            if (isClient)
            {
                packets.Add(SctpPackets.Tsns(packet).Count);
            }
        };
        for (var i = 0; i < 100; i++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[84]));
        }

        pair.Pump();

        // 1,148 bytes − 12 hold eleven chunks of 16 + 84.
        Assert.Equal([11, 11, 11, 11, 11, 11, 11, 11, 11, 1], packets);
    }

    [Fact]
    public void Unordered_OneLost_OvertakesIt()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1], ordered: false));
        pair.Pump();
        pair.Network.AToB.Conditions.Loss = 0;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [2], ordered: false));
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));

        Assert.Equal([2, 1], pair.ServerMessages.Select(message => (int)message.Data[0]));
    }

    [Fact]
    public void Ordered_OneLost_OnlyItsStreamWaits()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        pair.Pump();
        pair.Network.AToB.Conditions.Loss = 0;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [2]));
        Assert.True(pair.Client.TrySend(pair.Now, 1, 53, [3]));
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));

        Assert.Equal([3, 1, 2], pair.ServerMessages.Select(message => (int)message.Data[0]));
    }

    [Fact]
    public void Retransmission_SingleLoss_IsRepeatedAfterOneTimeoutThenDoubled()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.RunFor(TimeSpan.FromSeconds(1));
        var rto = pair.Client.Sender.Rto.Current;
        Assert.Equal(TimeSpan.FromMilliseconds(240), rto);
        var times = new List<double>();
        var start = pair.Now;
        pair.Tap = (isClient, packet) =>
        {
            if (isClient && SctpPackets.Tsns(packet).Count > 0)
            {
                times.Add((pair.Now - start).TotalMilliseconds);
            }
        };
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        pair.RunFor(TimeSpan.FromMilliseconds(2000));

        Assert.Equal([0, 240, 720, 1680], times);
        pair.Network.AToB.Conditions.Loss = 0;
        Assert.True(pair.RunUntil(() => pair.ServerMessages.Count == 1));
    }

    [Fact]
    public void Retransmission_LossWithTrafficBehind_IsRepeatedWithinThreeReports()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.RunFor(TimeSpan.FromSeconds(1));
        var start = pair.Now;
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [0]));
        pair.Pump();
        pair.Network.AToB.Conditions.Loss = 0;
        for (byte i = 1; i <= 3; i++)
        {
            pair.RunFor(TimeSpan.FromMilliseconds(5));
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [i]));
        }

        Assert.True(pair.RunUntil(() => pair.ServerMessages.Count == 4));

        // Sent at 0 and lost; the third report of the gap comes back at 15 + 20 ms, and the repetition takes another 10 ms.
        Assert.Equal(TimeSpan.FromMilliseconds(45), pair.Now - start);
        Assert.Equal([0, 1, 2, 3], pair.ServerMessages.Select(message => (int)message.Data[0]));
    }

    [Fact]
    public void Acknowledgement_OnePacket_IsDelayed_TwoAreNot()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.RunFor(TimeSpan.FromSeconds(1));
        var start = pair.Now;
        var acknowledged = new List<double>();
        pair.Tap = (isClient, packet) =>
        {
            if (!isClient && SctpPackets.ChunkTypes(packet).Contains(SctpChunkType.Sack))
            {
                acknowledged.Add((pair.Now - start).TotalMilliseconds);
            }
        };
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        pair.RunFor(TimeSpan.FromMilliseconds(500));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[2000]));
        pair.RunFor(TimeSpan.FromMilliseconds(500));

        Assert.Equal([110, 510], acknowledged);
    }

    [Fact]
    public void Acknowledgement_AnswerGoesBack_RidesAlong()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.RunFor(TimeSpan.FromSeconds(1));
        var fromServer = new List<List<SctpChunkType>>();
        pair.Tap = (isClient, packet) =>
        {
            if (!isClient)
            {
                fromServer.Add(SctpPackets.ChunkTypes(packet));
            }
        };
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        Assert.True(pair.RunUntil(() => pair.ServerMessages.Count == 1));
        Assert.True(pair.Server.TrySend(pair.Now, 0, 53, [2]));
        pair.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal([SctpChunkType.Sack, SctpChunkType.Data], Assert.Single(fromServer));
    }

    [Fact]
    public void Window_ReaderStopsAndGoesOn_SenderWaitsThenFinishes()
    {
        using var pair = new SctpPair(
            1,
            new SctpOptions { SendBufferSize = 400_000 },
            new SctpOptions { MaxIncomingMessageSize = 10_000, ReceiveWindow = 30_000 });
        pair.Connect();
        pair.IsServerReading = false;
        for (var i = 0; i < 200; i++)
        {
            var message = new byte[1000];
            BinaryPrimitives.WriteInt32BigEndian(message, i);
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, message));
        }

        // Half a minute is longer than all retransmissions without an answer would last at the first few backoffs.
        pair.RunFor(TimeSpan.FromSeconds(300));
        Assert.True(pair.Client.IsConnected);
        Assert.InRange(pair.Server.Receiver.Messages.HeldBytes, 25_000, 32_000);

        pair.IsServerReading = true;
        var start = pair.Now;
        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0), pair.Network.ToString());

        Assert.Equal(Enumerable.Range(0, 200), pair.ServerMessages.Select(message => BinaryPrimitives.ReadInt32BigEndian(message.Data)));
        Assert.InRange(pair.Now - start, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Throughput_LimitedLine_IsNearlyFilled()
    {
        using var pair = new SctpPair(1, new SctpOptions { SendBufferSize = 2_000_000 }, new SctpOptions { ReceiveWindow = 1_000_000 });
        pair.Network.Configure(conditions =>
        {
            conditions.BitRate = 4_000_000;
            conditions.QueueLimit = 50;
        });
        pair.Connect();
        var start = pair.Now;
        for (var i = 0; i < 100; i++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[10_000]));
        }

        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));

        // A megabyte takes two seconds at 4 Mbit/s.
        Assert.InRange((pair.Now - start).TotalSeconds, 2.0, 3.0);
    }

    [Fact]
    public void Heartbeat_IdleAssociation_IsAnsweredAndKeepsIt()
    {
        var heartbeats = 0;
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Tap = (_, packet) => heartbeats += SctpPackets.ChunkTypes(packet).Count(type => type == SctpChunkType.Heartbeat);
        pair.RunFor(TimeSpan.FromMinutes(10));

        Assert.InRange(heartbeats, 36, 40);
        Assert.True(pair.Client.IsConnected);
        Assert.Equal(TimeSpan.FromMilliseconds(20), pair.Client.RoundTrip);
    }

    [Fact]
    public void HandleTimeout_PeerGoneWithDataOutstanding_Closes()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.Configure(conditions => conditions.Loss = 1);
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));

        Assert.True(pair.RunUntil(() => pair.Client.IsClosed));

        Assert.Equal(new SctpEvent(SctpEventKind.Closed, Reason: SctpCloseReason.ConnectionLost), pair.ClientEvents[^1]);
        Assert.False(pair.Client.TrySend(pair.Now, 0, 53, [1]));
    }

    [Fact]
    public void Abort_EitherSide_TellsTheOther()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        Assert.True(pair.Server.TrySend(pair.Now, 0, 53, new byte[60_000]));
        pair.Pump();
        pair.Client.Abort();
        Assert.True(pair.RunUntil(() => pair.Server.IsClosed));

        Assert.Equal(new SctpEvent(SctpEventKind.Closed, Reason: SctpCloseReason.LocalAbort), pair.ClientEvents[^1]);
        Assert.Equal(new SctpEvent(SctpEventKind.Closed, Reason: SctpCloseReason.PeerAbort), pair.ServerEvents[^1]);
        Assert.Equal(0, pair.BuffersOutstanding);
    }

    [Fact]
    public void Abort_IsLost_PeerLearnsWhenItSends()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.AToB.Conditions.Loss = 1;
        pair.Client.Abort();
        pair.RunFor(TimeSpan.FromMilliseconds(100));
        pair.Network.AToB.Conditions.Loss = 0;
        Assert.False(pair.Server.IsClosed);

        Assert.True(pair.Server.TrySend(pair.Now, 0, 53, [1]));
        Assert.True(pair.RunUntil(() => pair.Server.IsClosed));

        Assert.Equal(SctpCloseReason.PeerAbort, pair.ServerEvents[^1].Reason);
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(2, 0.3, false)]
    [InlineData(3, 0, true)]
    [InlineData(4, 0.3, true)]
    [InlineData(5, 0.3, false)]
    [InlineData(6, 0.3, true)]
    public void Shutdown_WithDataWaiting_DeliversItFirst(int seed, double loss, bool isFromBothSides)
    {
        using var pair = new SctpPair(seed);
        pair.Network.Configure(conditions => conditions.Loss = loss);
        pair.Connect();
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[50_000]));
        Assert.True(pair.Server.TrySend(pair.Now, 0, 53, new byte[50_000]));
        pair.Client.Shutdown(pair.Now);
        Assert.False(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        if (isFromBothSides)
        {
            pair.Server.Shutdown(pair.Now);
        }

        Assert.True(pair.RunUntil(() => pair.Client.IsClosed && pair.Server.IsClosed), pair.Network.ToString());

        Assert.Equal(50_000, Assert.Single(pair.ServerMessages).Data.Length);
        Assert.Equal(50_000, Assert.Single(pair.ClientMessages).Data.Length);
        Assert.Equal(0, pair.BuffersOutstanding);
        if (loss == 0)
        {
            Assert.Equal(SctpCloseReason.Shutdown, pair.ClientEvents[^1].Reason);
            Assert.Equal(SctpCloseReason.Shutdown, pair.ServerEvents[^1].Reason);
        }
    }
}
