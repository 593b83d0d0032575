using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests;

public sealed class StoreFailureTests
{
    [Fact]
    public async Task Submit_StoreFails_UnavailableAndTheOrderHasNoEffectUntilRetried()
    {
        await using var night = await SaleNight.OpenAsync();
        var orderEvent = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        night.Store.FailsNext = true;

        Assert.Equal(ProblemKind.Unavailable, (await night.SubmitAsync(orderEvent)).Problem!.Kind);
        Assert.False(night.Service.IsHealthy);
        Assert.Empty(night.DrainEvents());

        var answer = (await night.SubmitAsync(orderEvent)).Value;

        Assert.False(answer.IsRepeat);
        Assert.True(night.Service.IsHealthy);
        Assert.Equal(1, Assert.Single(night.Store.Ledger(A)).Seq);
        await night.AssertChainsHoldAsync();
        night.AssertConserved();
    }

    [Fact]
    public async Task Submit_DecisionThrows_MemoryIsReadAnewBeforeTheNextChange()
    {
        var isBroken = false;
        await using var night = await SaleNight.OpenAsync(
            mediaTime: (_, _) => isBroken ? throw new InvalidOperationException("broken") : 90_000);
        var orderEvent = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1), Line(2, ItemB1));
        isBroken = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => night.SubmitAsync(orderEvent));
        isBroken = false;

        Assert.False((await night.SubmitAsync(orderEvent)).Value.IsRepeat);

        Assert.Equal(2, night.Store.Loads);
        await night.AssertChainsHoldAsync();
        night.AssertConserved();
    }

    [Fact]
    public async Task PutItem_NotDurableYet_NotShownAndNotAnnounced()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Store.IsHolding = true;

        var change = night.PutItemAsync(new ItemKey(A, ItemId.Parse("item-3")));

        Assert.False(change.IsCompleted);
        Assert.Equal(2, night.Service.GetShelf(A).Value.Items.Length);
        Assert.Empty(night.DrainEvents());
        night.Store.Release();
        Assert.True((await change).IsSuccess);
        Assert.Equal(3, night.Service.GetShelf(A).Value.Items.Length);
        Assert.Single(night.DrainEvents());
    }

    [Fact]
    public async Task Submit_RepeatWhileTheFirstIsNotDurable_WaitsForIt()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Store.IsHolding = true;
        var orderEvent = night.Event("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        var first = night.SubmitAsync(orderEvent);

        var repeat = night.SubmitAsync(orderEvent);

        Assert.False(repeat.IsCompleted);
        night.Store.Release();
        Assert.True((await repeat).Value.IsRepeat);
        Assert.False((await first).Value.IsRepeat);
    }

    [Fact]
    public async Task Change_TooManyUnreadEvents_Unavailable()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxUnreadEvents = 20 });
        var outcomes = new List<Outcome<OrderAnswer>>();
        for (var i = 0; i < 21; i++)
        {
            outcomes.Add(await night.SubmitAsync($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1)));
        }

        Assert.Equal(ProblemKind.Unavailable, outcomes[^1].Problem!.Kind);
        Assert.All(outcomes[..20], outcome => Assert.True(outcome.IsSuccess));
    }

    [Fact]
    public async Task Change_TooManyQueuedTransactions_Unavailable()
    {
        await using var night = await SaleNight.OpenAsync(new CommerceOptions { MaxQueuedTransactions = 1 });
        night.Store.IsHolding = true;
        var first = night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));

        Assert.Equal(
            ProblemKind.Unavailable,
            (await night.SubmitAsync("o2", OrderKind.Paid, RoomA, Line(1, ItemA1))).Problem!.Kind);
        night.Store.Release();
        Assert.True((await first).IsSuccess);
    }

    [Fact]
    public async Task Change_StoreStaysAway_IsReadAnewWithGrowingPausesAndBackByItself()
    {
        await using var night = await SaleNight.OpenAsync();
        (night.Store.FailsNext, night.Store.IsAway) = (true, true);
        var loads = night.Store.Loads;
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));

        var attempts = new List<double>();
        var began = night.Now;
        for (; night.Now < began.AddSeconds(10); night.Now = night.Now.AddMilliseconds(50))
        {
            Assert.False((await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).IsSuccess);
            if (night.Store.Loads > loads)
            {
                loads = night.Store.Loads;
                attempts.Add((night.Now - began).TotalSeconds);
            }
        }

        Assert.Equal([0, 0.25, 0.75, 1.75, 3.75, 7.75], attempts);
        night.Store.IsAway = false;
        var next = Assert.NotNull(night.Service.NextTimeout());
        Assert.Equal(began.AddSeconds(12.75), next);
        Assert.True((await night.Service.HandleTimeoutAsync(next)).IsSuccess);
        Assert.True(night.Service.IsHealthy);
        Assert.True((await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1))).IsSuccess);
    }

    [Fact]
    public async Task Change_DurableButItsAnswerIsLost_AnnouncedWhenTheStoreIsReadAnew()
    {
        await using var night = await SaleNight.OpenAsync();
        night.Store.LosesNextAnswer = true;
        var request = new CoHostRequest([RoomA, RoomB], CoHostLayout.Named("auto").Value, IsActiveAtOnce: true);
        Assert.Equal(
            ProblemKind.Unavailable,
            (await night.Service.CreateCoHostAsync(night.Now, Actor.Platform, request)).Problem!.Kind);
        Assert.Empty(night.DrainEvents());

        await night.Service.HandleTimeoutAsync(night.Now);

        var began = Assert.IsType<CoHostChanged>(Assert.Single(night.DrainEvents()));
        Assert.Equal((CoHostState.Active, null), (began.Session.State, began.Before));
        night.Now = night.Now.AddMinutes(1);
        foreach (var change in new Func<Task>[]
        {
            () => night.PutItemAsync(ItemA1, "Another name"),
            () => night.Service.SetSpotlightAsync(night.Now, RoomA, ItemA1),
            () => night.Service.StartShowAsync(night.Now, RoomB),
            () => night.Service.CloseRoomAsync(night.Now, RoomB),
        })
        {
            night.Store.LosesNextAnswer = true;
            await change();
            night.Now = night.Now.AddMinutes(1);
            await night.Service.HandleTimeoutAsync(night.Now);
        }

        Assert.Equal(
            [
                typeof(ShelfChanged), typeof(SpotlightChanged), typeof(ShowChanged), typeof(ShowChanged), typeof(CoHostChanged),
            ],
            night.DrainEvents().Select(commerceEvent => commerceEvent.GetType()));
    }
}
