using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Rooms;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.CoHosting;

public sealed class CoHostSessionTests
{
    private static readonly Actor ByA = new(A);
    private static readonly Actor ByB = new(B);

    [Fact]
    public async Task Create_ByMerchant_InvitedWithItsOwnConsentUntilTheOtherAccepts()
    {
        await using var night = await SaleNight.OpenAsync();

        var invited = await InviteAsync(night);
        night.Now += TimeSpan.FromSeconds(30);
        var active = (await night.Service.AcceptCoHostAsync(night.Now, invited.Id, ByB)).Value;

        Assert.Equal((CoHostState.Invited, A), (invited.State, Assert.Single(invited.Consents).MerchantId));
        Assert.Equal((CoHostState.Active, (DateTimeOffset?)night.Now), (active.State, active.ActiveAt));
        Assert.Equal(
            [(A, false), (B, false)], active.Consents.Select(consent => (consent.MerchantId, consent.IsByPlatform)));
        Assert.Equal(night.Now, active.Consents[1].At);
        Assert.Equal(
            [(null, CoHostState.Invited), ((CoHostState?)CoHostState.Invited, CoHostState.Active)],
            night.DrainEvents().Cast<CoHostChanged>().Select(change => (change.Before, change.Session.State)));
    }

    [Fact]
    public async Task Create_ByPlatformAtOnce_ActiveWithConsentsGivenByThePlatform()
    {
        await using var night = await SaleNight.OpenAsync();

        var session = await night.CoHostAsync();

        Assert.Equal(CoHostState.Active, session.State);
        Assert.All(session.Consents, consent => Assert.True(consent.IsByPlatform));
    }

    [Fact]
    public async Task Accept_Twice_SameSessionAndOneEvent()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);
        var first = (await night.Service.AcceptCoHostAsync(night.Now, session.Id, ByB)).Value;
        night.DrainEvents();

        var second = (
            await night.Service.AcceptCoHostAsync(night.Now + TimeSpan.FromMinutes(5), session.Id, ByB)).Value;

        Assert.Same(first, second);
        Assert.Empty(night.DrainEvents());
    }

    [Fact]
    public async Task Accept_AfterTheTimeout_ConflictAndExpired()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);
        Assert.Equal(night.Now + TimeSpan.FromMinutes(1), night.Service.NextTimeout());
        night.Now += TimeSpan.FromMinutes(1);

        Assert.Equal(
            ProblemKind.Conflict, (await night.Service.AcceptCoHostAsync(night.Now, session.Id, ByB)).Problem!.Kind);

        Assert.Equal(CoHostState.Expired, night.Service.GetCoHost(session.Id).Value.State);
        Assert.Null(night.Service.NextTimeout());
    }

    [Fact]
    public async Task HandleTimeout_NobodyAnswered_ExpiredAndAnnounced()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);
        night.DrainEvents();

        await night.Service.HandleTimeoutAsync(night.Now + TimeSpan.FromSeconds(59));
        Assert.Equal(CoHostState.Invited, night.Service.GetCoHost(session.Id).Value.State);
        await night.Service.HandleTimeoutAsync(night.Now + TimeSpan.FromSeconds(60));

        Assert.Equal(CoHostState.Expired, night.Service.GetCoHost(session.Id).Value.State);
        Assert.Equal(
            CoHostState.Expired, Assert.IsType<CoHostChanged>(Assert.Single(night.DrainEvents())).Session.State);
    }

    [Fact]
    public async Task Decline_Invited_DeclinedForGood()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);

        Assert.Equal(
            CoHostState.Declined, (await night.Service.DeclineCoHostAsync(night.Now, session.Id, ByB)).Value.State);
        Assert.Equal(
            CoHostState.Declined, (await night.Service.DeclineCoHostAsync(night.Now, session.Id, ByB)).Value.State);
        Assert.Equal(
            ProblemKind.Conflict, (await night.Service.AcceptCoHostAsync(night.Now, session.Id, ByB)).Problem!.Kind);
    }

    [Theory]
    [InlineData(true, CoHostState.Cancelled)]
    [InlineData(false, CoHostState.Declined)]
    public async Task End_Invitation_CancelledByTheInviterDeclinedByTheOther(bool byInviter, CoHostState expected)
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);

        Assert.Equal(
            expected, (await night.Service.EndCoHostAsync(night.Now, session.Id, byInviter ? ByA : ByB)).Value.State);
    }

    [Fact]
    public async Task End_Active_EndedOnceAndRoomsFreeAgain()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();

        var ended = (await night.Service.EndCoHostAsync(night.Now, session.Id, ByB)).Value;
        var again = (await night.Service.EndCoHostAsync(night.Now + TimeSpan.FromMinutes(1), session.Id, ByA)).Value;

        Assert.Equal((CoHostState.Ended, (DateTimeOffset?)night.Now), (ended.State, ended.EndedAt));
        Assert.Same(ended, again);
        Assert.Equal(CoHostState.Active, (await night.CoHostAsync()).State);
    }

    [Fact]
    public async Task Create_RoomInAnActiveSession_Conflict()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.CoHostAsync();
        var third = await AddRoomAsync(night, "room-c");

        var problem = (
            await night.Service.CreateCoHostAsync(
                night.Now, Actor.Platform, new CoHostRequest([RoomA, third]))).Problem!;

        Assert.Equal((ProblemKind.Conflict, "rooms", "room-a"), (problem.Kind, problem.Field, problem.Value));
    }

    [Fact]
    public async Task Accept_RoomBecameBusyMeanwhile_ConflictAndStillInvited()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);
        var third = await AddRoomAsync(night, "room-c");
        _ = (
            await night.Service.CreateCoHostAsync(
                night.Now, Actor.Platform, new CoHostRequest([RoomA, third], IsActiveAtOnce: true))).Value;

        Assert.Equal(
            ProblemKind.Conflict, (await night.Service.AcceptCoHostAsync(night.Now, session.Id, ByB)).Problem!.Kind);
        Assert.Equal(CoHostState.Invited, night.Service.GetCoHost(session.Id).Value.State);
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_SameSessionOtherContentRefusedOtherCallerApart()
    {
        await using var night = await SaleNight.OpenAsync();
        var request = new CoHostRequest([RoomA, RoomB], IdempotencyKey: "k1");
        var first = (await night.Service.CreateCoHostAsync(night.Now, ByA, request)).Value;

        var again = (await night.Service.CreateCoHostAsync(night.Now, ByA, request)).Value;
        var other = await night.Service.CreateCoHostAsync(night.Now, ByA, request with { Rooms = [RoomB, RoomA] });
        var ofB = (await night.Service.CreateCoHostAsync(night.Now, ByB, request)).Value;

        Assert.Equal((true, false, true), (first.IsCreated, again.IsCreated, ofB.IsCreated));
        Assert.Equal(first.Value.Id, again.Value.Id);
        Assert.Equal(ProblemKind.Unprocessable, other.Problem!.Kind);
        Assert.NotEqual(first.Value.Id, ofB.Value.Id);
    }

    [Fact]
    public async Task Create_WrongRooms_Refused()
    {
        await using var night = await SaleNight.OpenAsync();

        async Task<ProblemKind?> KindAsync(Actor by, bool active, params RoomId[] rooms) =>
            (
                await night.Service.CreateCoHostAsync(
                    night.Now, by, new CoHostRequest(rooms, IsActiveAtOnce: active))).Problem?.Kind;

        Assert.Equal(ProblemKind.BadRequest, await KindAsync(Actor.Platform, false, RoomA));
        Assert.Equal(ProblemKind.BadRequest, await KindAsync(Actor.Platform, false, RoomA, RoomA));
        Assert.Equal(ProblemKind.NotFound, await KindAsync(Actor.Platform, false, RoomA, RoomId.Parse("nowhere")));
        Assert.Equal(
            ProblemKind.Forbidden, await KindAsync(new Actor(MerchantId.Parse("stranger")), false, RoomA, RoomB));
        Assert.Equal(ProblemKind.Forbidden, await KindAsync(ByA, true, RoomA, RoomB));
    }

    [Fact]
    public async Task Step_ByStranger_Forbidden()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await InviteAsync(night);
        var stranger = new Actor(MerchantId.Parse("stranger"));

        Assert.Equal(
            ProblemKind.Forbidden,
            (await night.Service.AcceptCoHostAsync(night.Now, session.Id, stranger)).Problem!.Kind);
        Assert.Equal(
            ProblemKind.Forbidden, (await night.Service.EndCoHostAsync(night.Now, session.Id, stranger)).Problem!.Kind);
        Assert.Equal(
            ProblemKind.Forbidden,
            (await night.Service.SetLayoutAsync(night.Now, session.Id, stranger, CoHostLayout.Auto)).Problem!.Kind);
    }

    [Fact]
    public async Task SetLayout_Tiles_OnlyOfTheSessionsRooms()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        night.DrainEvents();
        var good = CoHostLayout.Of([new LayoutTile(RoomA, 0, 0, 1, 0.5), new LayoutTile(RoomB, 0, 0.5, 1, 0.5)]).Value;
        var foreign = CoHostLayout.Of([new LayoutTile(RoomId.Parse("room-c"), 0, 0, 1, 1)]).Value;

        Assert.Equal(good, (await night.Service.SetLayoutAsync(night.Now, session.Id, ByB, good, 90_000)).Value.Layout);
        Assert.Equal(
            ProblemKind.Unprocessable,
            (await night.Service.SetLayoutAsync(night.Now, session.Id, ByB, foreign)).Problem!.Kind);
        Assert.Equal(90_000, Assert.IsType<LayoutChanged>(Assert.Single(night.DrainEvents())).MediaTime);
    }

    [Theory]
    [InlineData(0, 0, 1.1, 1)]
    [InlineData(-0.1, 0, 1, 1)]
    [InlineData(0.5, 0, 0.6, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, double.NaN, 1, 1)]
    public void Layout_TileOutsideTheCanvas_Refused(double x, double y, double width, double height) =>
        Assert.Equal(
            ProblemKind.BadRequest, CoHostLayout.Of([new LayoutTile(RoomA, x, y, width, height)]).Problem!.Kind);

    [Fact]
    public async Task CloseRoom_InSession_EndsTheSessionAndTheShow()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.Service.StartShowAsync(night.Now, RoomA)).Value;
        var session = await night.CoHostAsync();

        var view = (await night.Service.CloseRoomAsync(night.Now, RoomA)).Value;

        Assert.True(view is { Show: null, CoHost: null });
        Assert.Equal(CoHostState.Ended, night.Service.GetCoHost(session.Id).Value.State);
    }

    private static async Task<CoHostSession> InviteAsync(SaleNight night) =>
        (await night.Service.CreateCoHostAsync(night.Now, ByA, new CoHostRequest([RoomA, RoomB]))).Value.Value;

    private static async Task<RoomId> AddRoomAsync(SaleNight night, string id)
    {
        var room = RoomId.Parse(id);
        _ = (await night.Service.PutRoomAsync(night.Now, room, new RoomDraft(B, "another room"))).Value;
        return room;
    }
}
