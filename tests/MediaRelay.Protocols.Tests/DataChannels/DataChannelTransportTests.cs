using MediaRelay.Protocols.DataChannels;
using MediaRelay.Protocols.Drops;
using MediaRelay.Protocols.Sctp;

namespace MediaRelay.Protocols.Tests.DataChannels;

public class DataChannelTransportTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.3)]
    public void TryOpen_BeforeConnecting_OpensOnBothSidesWithItsProperties(int seed, double loss)
    {
        using var pair = new DataChannelPair(seed);
        pair.Network.Configure(conditions => conditions.Loss = loss);
        var reliability = new DataChannelReliability(IsOrdered: false, MaxRetransmits: 3);
        var channel = pair.Open("overlays", reliability, "v1");
        Assert.Equal(0, channel.Id);
        Assert.True(pair.Client.TrySend(pair.Now, channel.Id, "first"u8, isBinary: false));
        pair.Connect();

        Assert.True(pair.RunUntil(() => channel.IsOpen && pair.ServerEvents.Count == 3), pair.Network.ToString());

        Assert.Equal(
            [DataChannelEventKind.Connected, DataChannelEventKind.ChannelOpened, DataChannelEventKind.Message],
            pair.ServerEvents.Select(item => item.Kind));
        var opened = pair.ServerEvents[1].Channel!;
        Assert.Equal("overlays", opened.Label);
        Assert.Equal("v1", opened.Protocol);
        Assert.Equal(reliability, opened.Reliability);
        Assert.Equal("first"u8.ToArray(), pair.ServerEvents[2].Data.ToArray());
        Assert.False(pair.ServerEvents[2].IsBinary);
        Assert.Same(channel, Assert.Single(pair.ClientEvents, item => item.Kind == DataChannelEventKind.ChannelOpened).Channel);
    }

    [Fact]
    public void TryOpen_EitherSide_TakesNumbersOfItsRole()
    {
        using var pair = new DataChannelPair(1).Connect();
        for (var i = 0; i < 3; i++)
        {
            pair.Open($"{i}");
            Assert.True(pair.Server.TryOpen(pair.Now, $"{i}", "", DataChannelReliability.ReliableOrdered, out _));
        }

        Assert.True(pair.RunUntil(() => pair.ClientEvents.Count(IsOpened) == 6 && pair.ServerEvents.Count(IsOpened) == 6));

        Assert.Equal([0, 1, 2, 3, 4, 5], pair.ServerEvents.Where(IsOpened).Select(item => (int)item.Channel!.Id).Order());
        Assert.Equal(0, pair.Drops.Total);
    }

    [Fact]
    public void TrySend_EveryKindOfMessage_ArrivesAsItWas()
    {
        using var pair = new DataChannelPair(1).Connect();
        var channel = pair.Open("x");
        Assert.True(pair.RunUntil(() => channel.IsOpen));
        (byte[] Data, bool IsBinary)[] messages = [([], true), ([], false), ([0], true), ("text"u8.ToArray(), false), (new byte[60_000], true)];
        foreach (var (data, isBinary) in messages)
        {
            Assert.True(pair.Server.TrySend(pair.Now, channel.Id, data, isBinary));
        }

        Assert.True(pair.RunUntil(() => pair.Server.BufferedBytes == 0));

        Assert.Equal(
            messages.Select(message => (Convert.ToHexString(message.Data), message.IsBinary)),
            pair.ClientEvents.Where(IsMessage).Select(item => (Convert.ToHexString(item.Data.Span), item.IsBinary)));
    }

    [Fact]
    public void TrySend_UnknownClosingOrTooLarge_ReturnsFalse()
    {
        using var pair = new DataChannelPair(1).Connect();
        var channel = pair.Open("x");
        Assert.False(pair.Client.TrySend(pair.Now, 2, [1], isBinary: true));
        Assert.False(pair.Client.TrySend(pair.Now, channel.Id, new byte[65_537], isBinary: true));
        Assert.True(pair.Client.TrySend(pair.Now, channel.Id, new byte[65_536], isBinary: true));
        pair.Client.Close(channel.Id);
        Assert.False(pair.Client.TrySend(pair.Now, channel.Id, [1], isBinary: true));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.2)]
    [InlineData(3, 0.3)]
    public void Close_MessagesWaiting_AreReadBeforeItAndNumberIsReused(int seed, double loss)
    {
        using var pair = new DataChannelPair(seed);
        pair.Network.Configure(conditions => conditions.Loss = loss);
        pair.Connect();
        for (byte round = 0; round < 10; round++)
        {
            pair.ServerEvents.Clear();
            pair.ClientEvents.Clear();
            var channel = pair.Open($"{round}");
            Assert.Equal(0, channel.Id);
            for (var i = 0; i < 5; i++)
            {
                Assert.True(pair.Client.TrySend(pair.Now, channel.Id, [round], isBinary: true));
            }

            pair.Client.Close(channel.Id);
            Assert.True(pair.RunUntil(() => pair.Client.ChannelCount == 0 && pair.Server.ChannelCount == 0), pair.Network.ToString());

            DataChannelEventKind[] expected =
            [
                DataChannelEventKind.ChannelOpened,
                .. Enumerable.Repeat(DataChannelEventKind.Message, 5),
                DataChannelEventKind.ChannelClosed,
            ];
            Assert.Equal(
                expected,
                pair.ServerEvents.Select(item => item.Kind).Where(kind => kind is not (
                    DataChannelEventKind.BufferedAmountLow or DataChannelEventKind.Connected)));
            Assert.All(pair.ServerEvents.Where(IsMessage), item => Assert.Equal([round], item.Data.ToArray()));
            Assert.Single(pair.ClientEvents, item => item.Kind == DataChannelEventKind.ChannelClosed);
        }
    }

    [Fact]
    public void Close_BothSidesAtOnce_ClosesOnce()
    {
        using var pair = new DataChannelPair(1).Connect();
        var channel = pair.Open("x");
        Assert.True(pair.RunUntil(() => channel.IsOpen));
        pair.Client.Close(channel.Id);
        pair.Server.Close(channel.Id);

        Assert.True(pair.RunUntil(() => pair.Client.ChannelCount == 0 && pair.Server.ChannelCount == 0));

        Assert.Single(pair.ClientEvents, item => item.Kind == DataChannelEventKind.ChannelClosed);
        Assert.Single(pair.ServerEvents, item => item.Kind == DataChannelEventKind.ChannelClosed);
    }

    [Fact]
    public void TryOpen_MoreThanServerTakes_AreRefusedAndClosed()
    {
        using var pair = new DataChannelPair(1, maxChannels: 4).Connect();
        for (var i = 0; i < 10; i++)
        {
            pair.Open($"{i}");
        }

        Assert.True(pair.RunUntil(() => pair.Client.ChannelCount == 4));

        Assert.Equal(4, pair.Server.ChannelCount);
        Assert.Equal(6, pair.Drops[DropReason.QueueFull]);
        Assert.Equal(6, pair.ClientEvents.Count(item => item.Kind == DataChannelEventKind.ChannelClosed));
    }

    [Fact]
    public void TryOpenNegotiated_BothSides_NeedsNoMessage()
    {
        using var pair = new DataChannelPair(1);
        Assert.True(pair.Client.TryOpenNegotiated(7, "n", "", DataChannelReliability.ReliableOrdered));
        Assert.True(pair.Server.TryOpenNegotiated(7, "n", "", DataChannelReliability.ReliableOrdered));
        Assert.False(pair.Server.TryOpenNegotiated(7, "n", "", DataChannelReliability.ReliableOrdered));
        Assert.False(pair.Server.TryOpenNegotiated(1024, "n", "", DataChannelReliability.ReliableOrdered));
        pair.Connect();
        Assert.True(pair.Client.TrySend(pair.Now, 7, [1], isBinary: true));

        Assert.True(pair.RunUntil(() => pair.ServerEvents.Exists(IsMessage)));

        Assert.Equal(7, pair.ServerEvents.Find(IsMessage).Channel!.Id);
    }

    [Fact]
    public void HandlePacket_MalformedMessages_AreCountedAndHarmless()
    {
        using var pair = new DataChannelPair(1).Connect();
        var channel = pair.Open("x");
        Assert.True(pair.RunUntil(() => channel.IsOpen));
        var association = pair.Client.Association;
        Assert.True(association.TrySend(pair.Now, 2, 50, [3, 0, 0]));
        Assert.True(association.TrySend(pair.Now, 4, 50, [9]));
        Assert.True(association.TrySend(pair.Now, 6, 51, [1]));
        Assert.True(association.TrySend(pair.Now, channel.Id, 52, [1]));
        Assert.True(association.TrySend(pair.Now, 1, 50, Open("wrong parity")));
        Assert.True(association.TrySend(pair.Now, channel.Id, 50, Open("taken")));
        Assert.True(association.TrySend(pair.Now, channel.Id, 51, "fine"u8));

        Assert.True(pair.RunUntil(() => pair.ServerEvents.Exists(IsMessage)));

        Assert.Equal(6, pair.Drops[DropReason.MessageMalformed]);
        Assert.Equal(1, pair.Server.ChannelCount);
        Assert.Single(pair.ServerEvents, IsMessage);
    }

    [Fact]
    public void HandlePacket_MessageOverTheLimit_IsDroppedAndCounted()
    {
        using var pair = new DataChannelPair(1, new SctpOptions { MaxIncomingMessageSize = 1000 }).Connect();
        var channel = pair.Open("x");
        Assert.True(pair.Client.TrySend(pair.Now, channel.Id, new byte[1001], isBinary: true));
        Assert.True(pair.Client.TrySend(pair.Now, channel.Id, new byte[1000], isBinary: true));

        Assert.True(pair.RunUntil(() => pair.Client.BufferedBytes == 0));

        Assert.Equal(1000, Assert.Single(pair.ServerEvents, IsMessage).Data.Length);
        Assert.Equal(1, pair.Drops[DropReason.MessageTooLarge]);
    }

    [Fact]
    public void Abort_OpenChannels_AreReportedClosedThenTheEnd()
    {
        using var pair = new DataChannelPair(1).Connect();
        var channel = pair.Open("x");
        Assert.True(pair.RunUntil(() => channel.IsOpen));
        pair.ServerEvents.Clear();
        pair.Client.Abort();

        Assert.True(pair.RunUntil(() => pair.Server.IsClosed && pair.ServerEvents.Count == 2));

        Assert.Equal(DataChannelEventKind.ChannelClosed, pair.ServerEvents[0].Kind);
        Assert.Equal(DataChannelEventKind.Closed, pair.ServerEvents[1].Kind);
        Assert.Equal(SctpCloseReason.PeerAbort, pair.ServerEvents[1].Reason);
        Assert.Equal(0, pair.Server.ChannelCount);
        Assert.False(pair.Server.TryOpen(pair.Now, "y", "", DataChannelReliability.ReliableOrdered, out _));
    }

    [Fact]
    public void Acknowledgement_SendBufferFull_IsSentLater()
    {
        var options = new SctpOptions { SendBufferSize = 4096, MaxOutgoingMessageSize = 4096 };
        using var pair = new DataChannelPair(1, options).Connect();
        var first = pair.Open("first");
        Assert.True(pair.RunUntil(() => first.IsOpen && pair.Server.BufferedBytes == 0));
        pair.Network.BToA.Conditions.Loss = 1;
        Assert.True(pair.Server.TrySend(pair.Now, first.Id, new byte[4096], isBinary: true));
        var second = pair.Open("second");
        Assert.True(pair.RunUntil(() => pair.Server.ChannelCount == 2));
        Assert.False(second.IsOpen);

        pair.Network.BToA.Conditions.Loss = 0;

        Assert.True(pair.RunUntil(() => second.IsOpen));
    }

    private static byte[] Open(string label) =>
        new DataChannelOpenMessage(label, "", DataChannelReliability.ReliableOrdered).ToBytes();

    private static bool IsOpened(DataChannelEvent item) => item.Kind == DataChannelEventKind.ChannelOpened;

    private static bool IsMessage(DataChannelEvent item) => item.Kind == DataChannelEventKind.Message;
}
