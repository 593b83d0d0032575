using System.Text.Json.Nodes;
using MediaRelay.LoadGenerator.Interactions;
using MediaRelay.LoadGenerator.Rooms;
using MediaRelay.Testing;

namespace MediaRelay.LoadGenerator.Tests.Interactions;

public sealed class OrderMixTests
{
    [Fact]
    public void Next_ManyEvents_HaveTheSharesAndMeanWhatTheySay()
    {
        var plan = new RoomPlan(LoadOptionsOf.Arguments("--rooms", "5", "--viewers", "100"));
        var mix = new OrderMix(plan, "t", new Random(1), new ManualTime());
        var counts = new Dictionary<OrderKind, int>();
        var sold = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 20_000; i++)
        {
            var (kind, order) = mix.Next();
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            Check(kind, order, sold);
            if (kind == OrderKind.Placed)
            {
                sold.Add(order["orderId"]!.GetValue<string>(), order.ToJsonString());
                mix.Remember(order);
            }
        }

        Assert.InRange(counts[OrderKind.Repeated], 1_850, 2_150);
        Assert.InRange(counts[OrderKind.Cancelled], 520, 680);
        Assert.InRange(counts[OrderKind.WrongOwner], 150, 250);
    }

    [Fact]
    public void Next_OneRoomAlone_NamesNoWrongOwner()
    {
        var mix = new OrderMix(new RoomPlan(LoadOptionsOf.Arguments()), "t", new Random(1), new ManualTime());
        Assert.All(Enumerable.Range(0, 2_000), _ => Assert.Equal(OrderKind.Placed, mix.Next().Kind));
    }

    private static void Check(OrderKind kind, JsonObject order, Dictionary<string, string> sold)
    {
        var id = order["orderId"]!.GetValue<string>();
        var line = order["lines"]![0]!;
        var isOwners = line["itemId"]!.GetValue<string>() == OrderMix.ItemOf(line["merchantId"]!.GetValue<string>());
        Assert.Equal(kind != OrderKind.WrongOwner, isOwners);
        Assert.Equal(kind is OrderKind.Repeated or OrderKind.Cancelled, sold.ContainsKey(id));
        Assert.Equal(kind == OrderKind.Cancelled ? "cancelled" : "placed", order["kind"]!.GetValue<string>());
        if (kind == OrderKind.Repeated)
        {
            Assert.Equal(sold[id], order.ToJsonString());
        }
    }
}
