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
        var sent = 0;
        while (sent < Count)
        {
            var message = new byte[random.Next(4, random.Next(10) == 0 ? 20_000 : 300)];
            random.NextBytes(message);
            BinaryPrimitives.WriteInt32BigEndian(message, sent);
            if (pair.Client.TrySend(pair.Now, (ushort)(sent % 3), 51, message)
                && pair.Server.TrySend(pair.Now, (ushort)(sent % 3), 53, message))
            {
                sent++;
                continue;
            }

            Assert.True(pair.RunUntil(() => pair.Client.SendBufferFree > 100_000 && pair.Server.SendBufferFree > 100_000));
            sent++;
        }

        Assert.True(
            pair.RunUntil(() => pair.Client.BufferedBytes == 0 && pair.Server.BufferedBytes == 0, seconds: 600),
            pair.Network.ToString());
        AssertOnceAndInOrder(pair.ServerMessages, pair.Network.ToString());
        AssertOnceAndInOrder(pair.ClientMessages, pair.Network.ToString());
    }

    private static void AssertOnceAndInOrder(List<(ushort Stream, uint PayloadProtocol, byte[] Data)> messages, string network)
    {
        Assert.True(messages.Count >= 390, network);
        var last = new int[] { -1, -1, -1 };
        foreach (var (stream, _, data) in messages)
        {
            var number = BinaryPrimitives.ReadInt32BigEndian(data);
            Assert.True(number > last[stream], $"{number} after {last[stream]} on {stream}; {network}");
            last[stream] = number;
        }
    }
}
