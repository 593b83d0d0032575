using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>Partial reliability (RFC 3758) and stream resets (RFC 6525).</summary>
public class SctpReliabilityTests
{
    [Fact]
    public void MaxRetransmitsZero_Lost_IsSkippedAndLaterOnesArrive()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1], maxRetransmits: 0));
        pair.Pump();
        pair.Network.AToB.Conditions.Loss = 0;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [2], maxRetransmits: 0));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [3]));

        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0 && pair.ServerMessages.Count == 2));
        pair.RunFor(TimeSpan.FromSeconds(5));

        Assert.Equal([2, 3], pair.ServerMessages.Select(message => (int)message.Data[0]));
        Assert.True(pair.Client.Sender.IsEmpty);
    }

    [Fact]
    public void MaxLifetime_NetworkDown_NothingOldIsDelivered()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.Network.Configure(conditions => conditions.Loss = 1);
        for (byte i = 0; i < 20; i++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[5000], maxLifetime: TimeSpan.FromMilliseconds(500)));
            pair.RunFor(TimeSpan.FromMilliseconds(100));
        }

        pair.RunFor(TimeSpan.FromSeconds(1));
        pair.Network.Configure(conditions => conditions.Loss = 0);
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [9], maxLifetime: TimeSpan.FromSeconds(30)));
        Assert.True(pair.RunUntil(() => pair.Client.Sender.IsEmpty));

        Assert.Equal([9], Assert.Single(pair.ServerMessages).Data);
        Assert.Equal(0, pair.Server.Receiver.Messages.HeldBytes);
        Assert.Equal(0, pair.BuffersOutstanding);
    }

    [Theory]
    [InlineData(1, true, 0)]
    [InlineData(2, true, 1)]
    [InlineData(3, false, 0)]
    [InlineData(4, false, 1)]
    [InlineData(5, true, 0)]
    [InlineData(6, false, 0)]
    public void LimitedMessages_LossyNetwork_ArriveWholeOrNotAtAll(int seed, bool isOrdered, int maxRetransmits)
    {
        using var pair = new SctpPair(seed);
        pair.Network.Configure(conditions =>
        {
            conditions.Loss = 0.1;
            conditions.Reorder = 0.05;
            conditions.Duplicate = 0.05;
        });
        pair.Connect();
        var random = new Random(seed);
        for (var number = 0; number < 500; number++)
        {
            // Every byte of a message is its number; every tenth message is reliable.
            var message = Enumerable.Repeat((byte)number, random.Next(1, 6000)).Prepend((byte)(number >> 8)).ToArray();
            Assert.True(pair.RunUntil(() => pair.Client.SendBufferFree > message.Length), pair.Network.ToString());
            var limit = number % 10 == 0 ? (int?)null : maxRetransmits;
            Assert.True(pair.Client.TrySend(pair.Now, (ushort)(number % 2), 53, message, isOrdered, limit));
        }

        Assert.True(pair.RunUntil(() => pair.Client.Sender.IsEmpty, seconds: 600), pair.Network.ToString());
        var numbers = new List<int>();
        foreach (var (_, _, data) in pair.ServerMessages)
        {
            var number = (data[0] << 8) | data[1];
            Assert.True(data.AsSpan(1).IndexOfAnyExcept((byte)number) < 0, $"{number}: {pair.Network}");
            numbers.Add(number);
        }

        Assert.True(numbers.Count == numbers.Distinct().Count(), pair.Network.ToString());
        Assert.True(Enumerable.Range(0, 50).All(i => numbers.Contains(i * 10)), pair.Network.ToString());
        Assert.InRange(numbers.Count, 200, 499);
        for (var stream = 0; isOrdered && stream < 2; stream++)
        {
            var ofStream = numbers.Where(number => number % 2 == stream).ToList();
            Assert.True(ofStream.SequenceEqual(ofStream.Order()), pair.Network.ToString());
        }

        Assert.Equal(0, pair.Server.Receiver.Messages.HeldBytes);
    }

    [Fact]
    public void MaxRetransmits_MessageCutInTheMiddle_NextOneIsNotMistakenForItsRest()
    {
        using var pair = new SctpPair(1, new SctpOptions { InitialWindowPackets = 2 });
        pair.Connect();
        pair.Network.AToB.Conditions.Loss = 1;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, new byte[20_000], maxRetransmits: 0));
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1, 2, 3]));
        pair.Pump();
        pair.Network.AToB.Conditions.Loss = 0;

        Assert.True(pair.RunUntil(() => pair.Client.Sender.IsEmpty));

        Assert.Equal([1, 2, 3], Assert.Single(pair.ServerMessages).Data);
    }

    [Fact]
    public void ResetStream_WithDataWaiting_ComesAfterItAndStreamStartsAnew()
    {
        using var pair = new SctpPair(1);
        pair.Network.Configure(conditions => conditions.Loss = 0.2);
        pair.Connect();
        Assert.True(pair.Client.TrySend(pair.Now, 3, 53, new byte[30_000]));
        Assert.True(pair.Client.TrySend(pair.Now, 4, 53, [4]));
        pair.Client.ResetStream(3);
        Assert.False(pair.Client.TrySend(pair.Now, 3, 53, [1]));

        Assert.True(pair.RunUntil(() => pair.ClientEvents.Contains(new SctpEvent(SctpEventKind.OutgoingStreamReset, 3))));

        Assert.Single(pair.ServerEvents, new SctpEvent(SctpEventKind.IncomingStreamReset, 3));
        Assert.Contains(pair.ServerMessages, message => message.Stream == 3 && message.Data.Length == 30_000);
        for (byte round = 0; round < 20; round++)
        {
            Assert.True(pair.Client.TrySend(pair.Now, 3, 53, [round]));
            Assert.True(pair.Client.TrySend(pair.Now, 4, 53, [round]));
            pair.Client.ResetStream(3);
            var resets = round + 2;
            Assert.True(pair.RunUntil(() => pair.ClientEvents.Count(item => item.Kind == SctpEventKind.OutgoingStreamReset) == resets));
        }

        Assert.Equal(22, pair.ServerMessages.Count(message => message.Stream == 4) + 1);
        Assert.Equal(21, pair.ServerMessages.Count(message => message.Stream == 3));
        Assert.Equal(21, pair.ServerEvents.Count(item => item.Kind == SctpEventKind.IncomingStreamReset));
    }

    [Fact]
    public void TryReadEvent_ResetAfterUnreadMessages_WaitsForThem()
    {
        using var pair = new SctpPair(1);
        pair.Connect();
        pair.IsServerReading = false;
        Assert.True(pair.Client.TrySend(pair.Now, 0, 53, [1]));
        pair.Client.ResetStream(0);
        Assert.True(pair.RunUntil(() => pair.ClientEvents.Exists(item => item.Kind == SctpEventKind.OutgoingStreamReset)));
        Assert.DoesNotContain(pair.ServerEvents, item => item.Kind == SctpEventKind.IncomingStreamReset);

        pair.IsServerReading = true;
        pair.Pump();

        Assert.Single(pair.ServerMessages);
        Assert.Contains(new SctpEvent(SctpEventKind.IncomingStreamReset, 0), pair.ServerEvents);
    }

    [Fact]
    public void HandlePacket_AddStreamsWithinAndBeyondLimit_IsAnswered()
    {
        using var pair = new SctpPair(1);
        var answers = new List<byte[]>();
        pair.Tap = (isClient, packet) =>
        {
            if (!isClient && SctpPackets.ChunkTypes(packet).Contains(SctpChunkType.Reconfig))
            {
                answers.Add(packet);
            }
        };
        pair.Connect();
        var tag = pair.Server.LocalTag;
        var peerTsn = pair.Client.Sender.NextTsn;

        byte[] request = [0, 17, 0, 12, .. BigEndian(peerTsn.Value), 0, 1, 0, 0];
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithChunk(tag, SctpChunkType.Reconfig, 0, request));
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithChunk(tag, SctpChunkType.Reconfig, 0, request));
        byte[] tooEarly = [0, 17, 0, 12, .. BigEndian(peerTsn.Value + 5), 0, 1, 0, 0];
        pair.Server.HandlePacket(pair.Now, SctpPackets.WithChunk(tag, SctpChunkType.Reconfig, 0, tooEarly));
        pair.Pump();

        // All 1,024 are in use by the handshake already, so the request is denied, twice; then a bad sequence number.
        var results = new List<ReconfigResult>();
        foreach (var answer in answers)
        {
            var reader = new SctpChunkReader(answer.AsSpan(SctpPacket.HeaderLength));
            while (reader.TryRead(out var chunk))
            {
                var parameters = new SctpParameterReader(chunk.Value);
                while (parameters.TryRead(out _, out var parameter) && ReconfigChunk.TryReadResponse(parameter, out var result))
                {
                    results.Add(result);
                }
            }
        }

        Assert.Equal([ReconfigResult.Denied, ReconfigResult.Denied, ReconfigResult.BadSequenceNumber], results);
    }

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
