using System.Text.Json;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Tests.Campaigns;

public sealed class CampaignTests : IAsyncLifetime
{
    private SaleNight _night = null!;

    private static CampaignKey Coupon { get; } = new(SaleNight.A, CampaignKind.Coupon, "c1");

    private static CampaignKey Draw { get; } = new(SaleNight.A, CampaignKind.Draw, "d1");

    private static CampaignKey Bargain { get; } = new(SaleNight.A, CampaignKind.Bargain, "b1");

    public async Task InitializeAsync() => _night = await SaleNight.OpenAsync();

    public async Task DisposeAsync() => await _night.DisposeAsync();

    [Fact]
    public async Task Coupon_ClaimedByMany_CountsEachViewerOnceUpToItsLimit_AlsoOverARestart()
    {
        await MustPublishAsync("coupon", """{"couponId":"c1","limit":3}""");
        Assert.Equal((ParticipationResult.Accepted, 1L), await TakePartAsync(Coupon, "v1"));
        Assert.Equal((ParticipationResult.Repeated, 1L), await TakePartAsync(Coupon, "v1"));
        Assert.Equal((ParticipationResult.Accepted, 2L), await TakePartAsync(Coupon, "v2"));

        await _night.ReopenAsync();
        Assert.Equal((ParticipationResult.Repeated, 2L), await TakePartAsync(Coupon, "v2"));
        Assert.Equal((ParticipationResult.Accepted, 3L), await TakePartAsync(Coupon, "v3"));
        Assert.Equal((ParticipationResult.Exhausted, 0L), await TakePartAsync(Coupon, "v4"));
        Assert.Equal(3, _night.Service.GetCampaign(Coupon).Value.Count);
    }

    [Fact]
    public async Task Participation_OutsideItsTimeItsRoomOrItsState_IsNotTaken()
    {
        var start = _night.Now.AddMinutes(1);
        var end = _night.Now.AddMinutes(2);
        await MustPublishAsync("coupon", $$"""{"couponId":"c1","startAt":"{{start:O}}","endAt":"{{end:O}}"}""");
        Assert.Equal(ParticipationResult.Closed, (await TakePartAsync(Coupon, "v1")).Result);
        _night.Now = start;
        Assert.Equal(ParticipationResult.Unknown, (await TakePartAsync(Coupon, "v1", SaleNight.RoomB)).Result);
        Assert.Equal(ParticipationResult.Unknown, (await TakePartAsync(Coupon with { Id = "other" }, "v1")).Result);
        Assert.Equal(ParticipationResult.Unknown, (await TakePartAsync(Coupon with { MerchantId = SaleNight.B }, "v1")).Result);
        Assert.Equal(ParticipationResult.Accepted, (await TakePartAsync(Coupon, "v1")).Result);
        _night.Now = end;
        Assert.Equal(ParticipationResult.Closed, (await TakePartAsync(Coupon, "v2")).Result);
        Assert.Empty(_night.Service.ListCampaigns(_night.Now, SaleNight.RoomA));
    }

    [Fact]
    public async Task Coupon_PublishedInAPartnersRoom_GoesWithTheSession()
    {
        var session = await _night.CoHostAsync();
        await MustPublishAsync("coupon", """{"couponId":"c1"}""", SaleNight.RoomB);
        Assert.Equal(ParticipationResult.Accepted, (await TakePartAsync(Coupon, "v1", SaleNight.RoomB)).Result);
        Assert.Single(_night.Service.GetRoomShelves(SaleNight.RoomB, _night.Now).Value.Campaigns);

        Assert.True((await _night.Service.EndCoHostAsync(_night.Now, session.Id, Actor.Platform)).IsSuccess);
        Assert.Empty(_night.Service.GetRoomShelves(SaleNight.RoomB, _night.Now).Value.Campaigns);
        Assert.Empty(_night.Service.ListCampaigns(_night.Now, SaleNight.RoomB));
        Assert.Equal(ParticipationResult.Unknown, (await TakePartAsync(Coupon, "v2", SaleNight.RoomB)).Result);
        Assert.Equal(1, _night.Service.GetCampaign(Coupon).Value.Count);

        await _night.CoHostAsync();
        Assert.Equal(ParticipationResult.Accepted, (await TakePartAsync(Coupon, "v2", SaleNight.RoomB)).Result);
    }

    [Fact]
    public async Task Draw_FromCommitToReveal_OverARestart_IsDrawnAgainByAnyone()
    {
        var opened = await MustPublishAsync("draw", """{"drawId":"d1","prizes":2,"title":"Gift box"}""");
        var commit = DrawRules.Commit(opened.Campaign.Seed.AsSpan());
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((ParticipationResult.Accepted, i + 1L), await TakePartAsync(Draw, $"viewer-{i}"));
        }

        Assert.Equal(ProblemKind.Conflict, (await PublishAsync("draw", """{"drawId":"d1","action":"reveal"}""")).Problem?.Kind);
        await _night.ReopenAsync();
        var closed = await MustPublishAsync("draw", """{"drawId":"d1","action":"close"}""");
        Assert.Equal(ParticipationResult.Closed, (await TakePartAsync(Draw, "late")).Result);
        Assert.Empty(closed.Outcome!.Winners);
        Assert.Single(_night.DrainEvents().OfType<CampaignEnded>());

        await _night.ReopenAsync();
        var revealed = await MustPublishAsync("draw", """{"drawId":"d1","action":"reveal"}""");
        Assert.Equal(commit, DrawRules.Commit(revealed.Campaign.Seed.AsSpan()));
        Assert.Equal(closed.Outcome.EntriesHash.ToArray(), revealed.Outcome!.EntriesHash.ToArray());

        // What anyone can do with the public list, the seed and the number of prizes.
        var entries = _night.Service.ListParticipants(Draw).Select(viewer => DrawRules.Entry(Draw, viewer.Value)).ToList();
        Assert.Equal(20, entries.Count);
        Assert.Equal(DrawRules.HashList(entries), revealed.Outcome.EntriesHash.ToArray());
        Assert.Equal(
            DrawRules.Winners(revealed.Campaign.Seed.AsSpan(), entries, 2).Select(index => Convert.ToHexString(entries[index])),
            revealed.Outcome.Winners.Select(winner => Convert.ToHexString(winner.AsSpan())));

        // Asked for again it stays as it is, and whoever listens hears of it once.
        var again = await MustPublishAsync("draw", """{"drawId":"d1","action":"reveal"}""");
        Assert.Single(_night.DrainEvents().OfType<CampaignEnded>());
        Assert.Equal(revealed.Campaign, again.Campaign);
        Assert.Equal(ProblemKind.Conflict, (await PublishAsync("draw", """{"drawId":"d1"}""")).Problem?.Kind);
    }

    [Fact]
    public void Winners_OfAKnownSeed_AreTheKnownOnes()
    {
        // The same figures stand in docs/draws.md and in the test of its program.
        var seed = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var key = new CampaignKey(MerchantId.Parse("tea"), CampaignKind.Draw, "gift-1");
        var entries = new[] { "ann", "bob", "cai", "dan", "eva" }.Select(viewer => DrawRules.Entry(key, viewer)).ToList();
        Assert.Equal("630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd", Convert.ToHexStringLower(DrawRules.Commit(seed)));
        Assert.Equal(KnownDraw.EntriesHash, Convert.ToHexStringLower(DrawRules.HashList(entries)));
        Assert.Equal(KnownDraw.Winners, DrawRules.Winners(seed, entries, 2));
    }

    [Fact]
    public async Task Bargain_Helped_ToldFiveTimesASecondWithTheExactTotal()
    {
        await MustPublishAsync("bargain", """{"bargainId":"b1","target":1000,"startMinor":10000,"floorMinor":5000,"currency":"CNY"}""");
        var teller = new BargainTeller();
        var told = new List<long>();
        var now = 0L;
        for (var i = 1; i <= 1000; i++, now += 2_000)
        {
            Assert.Equal((ParticipationResult.Accepted, (long)i), await TakePartAsync(Bargain, $"v{i}"));
            teller.Note(Bargain);
            told.AddRange(teller.TakeDue(now).Select(key => _night.Service.GetCampaign(key).Value.Count));
        }

        Assert.InRange(told.Count, 9, 11);
        Assert.True(teller.HasWaiting);
        Assert.Equal(Bargain, Assert.Single(teller.TakeDue(now + BargainTeller.IntervalMicros)));
        Assert.False(teller.HasWaiting);
        var view = _night.Service.GetCampaign(Bargain).Value;
        Assert.Equal((1000, 5000L), (view.Count, view.Campaign.Terms.PriceAt(view.Count)!.Value));
    }

    [Fact]
    public async Task Open_ManyThatNobodyTakesPartIn_TheOldestIsForgottenAndWhatIsUsedStays()
    {
        await MustPublishAsync("coupon", """{"couponId":"used"}""");
        await TakePartAsync(Coupon with { Id = "used" }, "v1");
        await MustPublishAsync("draw", """{"drawId":"d1"}""");
        for (var i = 0; i <= Campaign.MaxIdle; i++)
        {
            await MustPublishAsync("coupon", $$"""{"couponId":"c{{i}}"}""");
        }

        Assert.False(_night.Service.GetCampaign(Coupon with { Id = "c0" }).IsSuccess);
        await _night.ReopenAsync();
        Assert.False(_night.Service.GetCampaign(Coupon with { Id = "c0" }).IsSuccess);
        Assert.True(_night.Service.GetCampaign(Coupon with { Id = "c1" }).IsSuccess);
        Assert.Equal(1, _night.Service.GetCampaign(Coupon with { Id = "used" }).Value.Count);
        Assert.True(_night.Service.GetCampaign(Draw).IsSuccess);
        Assert.Equal($"c{Campaign.MaxIdle}", _night.Service.ListCampaigns(_night.Now, SaleNight.RoomA)[0].Campaign.Key.Id);
    }

    [Fact]
    public async Task Open_BeyondTheLimitOfOneMerchant_IsRefusedUntilOneIsClosed()
    {
        for (var i = 0; i < Campaign.MaxOpen; i++)
        {
            await MustPublishAsync("draw", $$"""{"drawId":"d{{i}}"}""");
        }

        Assert.Equal(ProblemKind.Conflict, (await PublishAsync("coupon", """{"couponId":"more"}""")).Problem?.Kind);
        await MustPublishAsync("draw", """{"drawId":"d0","action":"close"}""");
        await MustPublishAsync("draw", """{"drawId":"d0","action":"reveal"}""");
        await MustPublishAsync("coupon", """{"couponId":"more"}""");
    }

    private Task<Outcome<CampaignView>> PublishAsync(string type, string body, RoomId? room = null) => _night.Service.PublishCampaignAsync(
        _night.Now, room ?? SaleNight.RoomA, CampaignDraft.Read(type, SaleNight.A, JsonDocument.Parse(body).RootElement).Value!);

    private async Task<CampaignView> MustPublishAsync(string type, string body, RoomId? room = null) =>
        (await PublishAsync(type, body, room)).Value;

    private async Task<(ParticipationResult Result, long Number)> TakePartAsync(CampaignKey key, string viewer, RoomId? room = null)
    {
        var answer = (await _night.Service.ParticipateAsync(_night.Now, room ?? SaleNight.RoomA, key, ViewerId.Parse(viewer))).Value;
        return (answer.Result, answer.Number);
    }
}
