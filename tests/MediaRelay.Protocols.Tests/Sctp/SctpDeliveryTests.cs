using System.Buffers.Binary;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.Sctp;

/// <summary>What a user of an association sees: messages arrive once, whole and in order, whatever the network does.</summary>
public class SctpDeliveryTests
{
    public static TheoryData<int, double, double, double> Networks()
    {
        var data = new TheoryData<int, double, double, double>();
        foreach (var seed in new[] { 1, 2, 3, 4, 5 })
        {
            data.Add(seed, 0, 0, 0);
            data.Add(seed, 0.1, 0, 0);
            data.Add(seed, 0.3, 0, 0);
            data.Add(seed, 0, 0.2, 0);
            data.Add(seed, 0, 0, 0.2);
            data.Add(seed, 0.1, 0.1, 0.1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Messages_AnyNetwork_ArriveOnceAndInOrder(int seed, double loss, double reorder, double duplicate)
    {
        const int Count = 400;
        using var pair = new SctpPair(seed);
        pair.Network.Configure(conditions =>
        {
            conditions.Loss = loss;
            conditions.Reorder = reorder;
            conditions.Duplicate = duplicate;
            conditions.Jitter = TimeSpan.FromMilliseconds(5);
        });
        pair.Connect();

        var random = new Random(seed);
        var expected = new List<(ushort Stream, byte[] Data)>();
        for (var number = 0; number < Count; number++)
        {
            var message = new byte[random.Next(4, random.Next(10) == 0 ? 20_000 : 300)];
            random.NextBytes(message);
            BinaryPrimitives.WriteInt32BigEndian(message, number);
            Assert.True(
                pair.RunUntil(() => Math.Min(pair.Client.SendBufferFree, pair.Server.SendBufferFree) > message.Length, 600),
                $"{number}: {pair.Network}; {string.Join(", ", pair.ClientEvents)}; {string.Join(", ", pair.ServerEvents)}");

            var stream = (ushort)(number % 3);
            Assert.True(pair.Client.TrySend(pair.Now, stream, 51, message));
            Assert.True(pair.Server.TrySend(pair.Now, stream, 53, message));
            expected.Add((stream, message));
        }

        Assert.True(
            pair.RunUntil(() => pair.Client.BufferedBytes == 0 && pair.Server.BufferedBytes == 0, seconds: 600),
            pair.Network.ToString());
        AssertOnceAndInOrder(expected, pair.ServerMessages, pair.Network.ToString());
        AssertOnceAndInOrder(expected, pair.ClientMessages, pair.Network.ToString());
        Assert.Equal(0, pair.Drops[DropReason.SctpMalformed]);
    }

    private static void AssertOnceAndInOrder(
        List<(ushort Stream, byte[] Data)> expected,
        List<(ushort Stream, uint PayloadProtocol, byte[] Data)> messages,
        string network)
    {
        Assert.True(expected.Count == messages.Count, $"{messages.Count} of {expected.Count}; {network}");
        for (ushort stream = 0; stream < 3; stream++)
        {
            var sent = expected.Where(message => message.Stream == stream).Select(message => message.Data);
            var received = messages.Where(message => message.Stream == stream).Select(message => message.Data);
            Assert.True(sent.Zip(received).All(both => both.First.AsSpan().SequenceEqual(both.Second)), $"stream {stream}; {network}");
        }
    }
}
