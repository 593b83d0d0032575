using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Server.HandOffs;

namespace MediaRelay.Server.Tests.Api.HandOffs;

public sealed class HandOffKeysTests
{
    private static readonly DateTimeOffset Start = new(2020, 6, 16, 20, 0, 0, TimeSpan.Zero);
    private static readonly HandOffAnswer Answer = new("handoff-1", 7);

    private readonly HandOffKeys _keys = new();

    [Fact]
    public void TryFind_SameKey_KnowsTheSameOrderFromAnother()
    {
        _keys.Add(Start, Order("k", 0.3), Answer);
        Assert.True(_keys.TryFind(Start, Order("k", 0.3), out var answer, out var isSame));
        Assert.Equal((Answer, true), (answer, isSame));
        Assert.True(_keys.TryFind(Start, Order("k", 0.4), out _, out isSame));
        Assert.False(isSame);
        Assert.False(_keys.TryFind(Start, Order("other", 0.3), out _, out _));
        Assert.False(_keys.TryFind(Start, Order(null, 0.3), out _, out _));
        Assert.False(_keys.TryFind(Start, Order("k", 0.3) with { By = new Actor(MerchantId.Parse("acme")) }, out _, out _));
    }

    [Fact]
    public void TryFind_AfterAnHour_IsForgotten()
    {
        _keys.Add(Start, Order("k", 0.3), Answer);
        Assert.True(_keys.TryFind(Start.AddMinutes(59), Order("k", 0.3), out _, out _));
        Assert.False(_keys.TryFind(Start.AddMinutes(60), Order("k", 0.3), out _, out _));
    }

    [Fact]
    public void Add_TooMany_OldestGiveWay()
    {
        for (var i = 0; i < 10_001; i++)
        {
            _keys.Add(Start, Order($"k{i}", 0.3), Answer);
        }

        Assert.False(_keys.TryFind(Start, Order("k0", 0.3), out _, out _));
        Assert.True(_keys.TryFind(Start, Order("k1", 0.3), out _, out _));
    }

    private static HandOffOrder Order(string? key, double share) =>
        new(Actor.Platform, RoomId.Parse("from"), RoomId.Parse("to"), share, null, key);
}
