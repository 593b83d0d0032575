using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Sharing;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Sharing;

public sealed class ShareCodeTests
{
    private static readonly StoreId Store = StoreId.Parse("store-1");

    [Fact]
    public void ShareCodes_ChildBeforeItsParent_ResolvesOnceBothAreThere()
    {
        var codes = new ShareCodes();
        codes.Set(Entry(2) with { ParentCode = ShareCode.Parse("code-1") });
        Assert.False(codes.TryResolve(ShareCode.Parse("code-1"), out _));
        codes.Set(Entry(1));

        Assert.Equal(
            (1, 2, 0),
            (
                codes.Depth(ShareCode.Parse("code-1")), codes.Depth(ShareCode.Parse("code-2")),
                codes.Depth(ShareCode.Parse("x"))));
        Assert.True(codes.DescendsFrom(ShareCode.Parse("code-2"), ShareCode.Parse("code-1")));
        Assert.False(codes.DescendsFrom(ShareCode.Parse("code-1"), ShareCode.Parse("code-2")));
    }

    [Fact]
    public async Task Put_WrongParentOrOwner_Refused()
    {
        await using var night = await SaleNight.OpenAsync();
        var guide = Code("g1");
        _ = (await night.Service.PutShareCodeAsync(night.Now, guide)).Value;
        _ = (await night.Service.PutShareCodeAsync(night.Now, Code("g2") with { ParentCode = guide.Code })).Value;

        async Task<(ProblemKind, string?)> RefuseAsync(ShareCodeEntry entry)
        {
            var problem = (await night.Service.PutShareCodeAsync(night.Now, entry)).Problem!;
            return (problem.Kind, problem.Field);
        }

        Assert.Equal((ProblemKind.Conflict, "merchantId"), await RefuseAsync(guide with { MerchantId = B }));
        Assert.Equal(
            (ProblemKind.Unprocessable, "merchantId"),
            await RefuseAsync(Code("g3") with { MerchantId = MerchantId.Parse("x") }));
        Assert.Equal(
            (ProblemKind.Unprocessable, "parentCode"),
            await RefuseAsync(Code("g3") with { ParentCode = ShareCode.Parse("nobody") }));
        Assert.Equal(
            (ProblemKind.Unprocessable, "parentCode"),
            await RefuseAsync(Code("g3") with { MerchantId = B, ParentCode = guide.Code }));
        Assert.Equal(
            (ProblemKind.Unprocessable, "parentCode"),
            await RefuseAsync(guide with { ParentCode = ShareCode.Parse("g2") }));
    }

    [Fact]
    public async Task Submit_CodeOfTheFirstTouch_IsAttributedWithGuideAndDepth()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.Service.PutShareCodeAsync(night.Now, Code("g1"))).Value;
        var passedOn = Code("g2") with { ParentCode = ShareCode.Parse("g1"), GuideId = GuideId.Parse("friend") };
        _ = (await night.Service.PutShareCodeAsync(night.Now, passedOn)).Value;
        night.Service.RecordJoin(night.Now, Viewer, RoomA, passedOn.Code);
        night.Service.RecordJoin(night.Now + TimeSpan.FromMinutes(5), Viewer, RoomB, ShareCode.Parse("later"));

        var record = (await night.SubmitAsync("o1", OrderKind.Paid, RoomB, Line(1, ItemB1))).Value.Records[0];

        Assert.Equal(
            (passedOn.Code, GuideId.Parse("friend"), 2),
            (record.ShareCode!.Value, record.GuideId!.Value, record.ShareDepth));
        Assert.Equal((RoomA, A), (record.OriginRoomId, record.OriginMerchantId));
    }

    [Fact]
    public async Task Leaderboard_HourOfEventTime_GuidesByNetAndLateEventsReRank()
    {
        await using var night = await SaleNight.OpenAsync();
        foreach (var (code, guide) in new[] { ("c1", "ann"), ("c2", "ann"), ("c3", "bob") })
        {
            _ = (
                await night.Service.PutShareCodeAsync(
                    night.Now, Code(code) with { GuideId = GuideId.Parse(guide) })).Value;
        }

        await SellAsync(night, "o1", "c1", 100, TimeSpan.FromMinutes(10));
        await SellAsync(night, "o2", "c2", 100, TimeSpan.FromMinutes(59));
        await SellAsync(night, "o3", "c3", 150, TimeSpan.FromMinutes(20));
        await SellAsync(night, "o4", "c3", 900, TimeSpan.FromMinutes(60));
        await SellAsync(night, "o5", "not-registered", 900, TimeSpan.FromMinutes(20));
        var board = (await night.Service.GetLeaderboardAsync(A, night.Now + TimeSpan.FromMinutes(30))).Value;
        Assert.Equal(night.Now, board.From);
        Assert.Equal([(1, "ann", 2L, 200L), (2, "bob", 1L, 150L)], Rows(board));

        await SellAsync(night, "late", "c3", 60, TimeSpan.FromMinutes(1));
        Assert.Equal(
            [(1, "bob", 2L, 210L), (2, "ann", 2L, 200L)],
            Rows((await night.Service.GetLeaderboardAsync(A, night.Now)).Value));
        Assert.Empty((await night.Service.GetLeaderboardAsync(B, night.Now)).Value.Guides);
    }

    private static IEnumerable<(int, string, long, long)> Rows(Leaderboard board) =>
        board.Guides.Select(guide => (guide.Rank, guide.GuideId.Value, guide.Orders, guide.NetMinor));

    private static async Task SellAsync(SaleNight night, string order, string code, long minor, TimeSpan after)
    {
        var orderEvent = night.Event(order, OrderKind.Paid, RoomA, Line(1, ItemA1, 1, minor)) with
        {
            OccurredAt = night.Now + after, ShareCode = ShareCode.Parse(code),
        };
        _ = (await night.SubmitAsync(orderEvent)).Value;
    }

    private static ShareCodeEntry Code(string code) =>
        new(ShareCode.Parse(code), A, Store, GuideId.Parse("guide-" + code), null);

    private static ShareCodeEntry Entry(int i) => new(
        ShareCode.Parse($"code-{i}"), MerchantId.Parse($"m{i % 100}"), StoreId.Parse($"store-{i % 1000}"),
        GuideId.Parse($"guide-{i % 10_000}"),
        null);
}
