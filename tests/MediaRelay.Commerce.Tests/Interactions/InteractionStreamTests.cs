using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Interactions;

namespace MediaRelay.Commerce.Tests.Interactions;

public sealed class InteractionStreamTests
{
    [Fact]
    public void Publish_ToSeveral_EachGetsAllInOrderAndWhoIsSlowLosesTheOldest()
    {
        var stream = new InteractionStream();
        using var quick = stream.Subscribe(100);
        using var slow = stream.Subscribe(3);
        for (var i = 1; i <= 10; i++)
        {
            stream.Publish(Like(i));
        }

        Assert.Equal(Enumerable.Range(1, 10), Read(quick));
        Assert.Equal([8, 9, 10], Read(slow));
        Assert.Equal((0L, 7L, 7L, 10L), (quick.Dropped, slow.Dropped, stream.Dropped, stream.Published));
    }

    [Fact]
    public void Dispose_OfASubscription_EndsItAndNothingMoreIsKeptForIt()
    {
        var stream = new InteractionStream();
        var subscription = stream.Subscribe(10);
        stream.Publish(Like(1));
        subscription.Dispose();
        stream.Publish(Like(2));
        Assert.Equal([1], Read(subscription));
        Assert.True(subscription.Reader.Completion.IsCompleted);
    }

    private static InteractionEvent Like(int count) =>
        new(InteractionKind.Like, DateTimeOffset.UnixEpoch, SaleNight.RoomA, SaleNight.Viewer, LiveMoment.Unseen) { Count = count };

    private static List<int> Read(InteractionSubscription subscription)
    {
        var counts = new List<int>();
        while (subscription.Reader.TryRead(out var interaction))
        {
            counts.Add(interaction.Count);
        }

        return counts;
    }
}
