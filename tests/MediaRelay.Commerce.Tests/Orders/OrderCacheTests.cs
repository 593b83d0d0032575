using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Orders;

public sealed class OrderCacheTests
{
    private readonly OrderCache _cache = new(capacity: 10);
    private int _count;

    [Fact]
    public void MayHaveForgotten_OthersLeft_WhatWasReadMeanwhileIsStillOfUse()
    {
        AddOrders(10);
        var mark = _cache.Mark();

        AddOrders(10);

        Assert.False(_cache.TryGet(OrderId.Parse("o0"), out _));
        Assert.False(_cache.MayHaveForgottenSince(mark));
    }

    [Fact]
    public void MayHaveForgotten_OneThatCameSinceLeft_True()
    {
        AddOrders(10);
        var mark = _cache.Mark();

        AddOrders(11);

        Assert.False(_cache.TryGet(OrderId.Parse("o10"), out _));
        Assert.True(_cache.MayHaveForgottenSince(mark));
    }

    [Fact]
    public void MayHaveForgotten_OrdersOnTheirWayToTheStoreStay_True()
    {
        var way = new TaskCompletionSource();
        AddOrders(10, way.Task);
        var mark = _cache.Mark();
        AddOrders(1);
        way.SetResult();

        // Those before it went to the end of the line when it was their turn, so it leaves early.
        for (var added = 0; _cache.TryGet(OrderId.Parse("o10"), out _); added++)
        {
            Assert.True(added < 100);
            AddOrders(1);
        }

        Assert.True(_cache.MayHaveForgottenSince(mark));
    }

    [Fact]
    public void OwnerOf_OrderLeftLately_StillKnown()
    {
        AddOrders(1, eventId: "e");
        AddOrders(100);

        Assert.False(_cache.TryGet(OrderId.Parse("o0"), out _));
        Assert.Equal(OrderId.Parse("o0"), _cache.OwnerOf(EventId.Parse("e")));
    }

    [Fact]
    public void MayHaveForgotten_TooManyEventIdsLeft_True()
    {
        var cache = new OrderCache(capacity: 5000);
        var orders = Enumerable.Range(0, 10_000).Select(i => Make($"o{i}", $"e{i}")).ToList();
        orders[..5000].ForEach(cache.Add);
        var mark = cache.Mark();

        orders[5000..9000].ForEach(cache.Add);
        Assert.False(cache.MayHaveForgottenSince(mark));
        orders[9000..9200].ForEach(cache.Add);

        Assert.True(cache.MayHaveForgottenSince(mark));
        Assert.Null(cache.OwnerOf(EventId.Parse("e0")));
        Assert.Equal(OrderId.Parse("o4199"), cache.OwnerOf(EventId.Parse("e4199")));
    }

    private void AddOrders(int count, Task? durable = null, string? eventId = null)
    {
        for (var i = 0; i < count; i++)
        {
            var order = Make($"o{_count++}", eventId);
            order.Durable = durable ?? Task.CompletedTask;
            _cache.Add(order);
        }
    }

    private static OrderState Make(string id, string? eventId)
    {
        var order = new OrderState(OrderId.Parse(id));
        order.Set(new RecordedOrderEvent(
            new OrderEvent(
                order.Id, eventId is null ? null : EventId.Parse(eventId), OrderKind.Cancelled, [Line(1, ItemA1)], RoomA, Viewer,
                DateTimeOffset.UnixEpoch, null, null),
            OrderEventState.Waiting, 1, DateTimeOffset.UnixEpoch));
        return order;
    }
}
