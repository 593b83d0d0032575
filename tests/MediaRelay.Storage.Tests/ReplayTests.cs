using System.Text.Json;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Replay;
using MediaRelay.Commerce.Sharing;
using MediaRelay.Commerce.Shelves;
using MediaRelay.Storage.Tests.Nights;
using static MediaRelay.Storage.Tests.Nights.Night;

namespace MediaRelay.Storage.Tests;

/// <summary>A random night of two merchants, made anew from its log.</summary>
public abstract class ReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(616)]
    public async Task Replay_OfARandomNight_EverythingIsEqual(int seed)
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await PlayRandomAsync(night, new Random(seed), steps: 1500);

        var report = await ReplayAsync(night);

        Assert.True(report.IsEqual, $"seed {seed}: " + string.Join('\n', report.Comparisons.Where(comparison => !comparison.IsEqual)));
        Assert.True(report.OrderEvents > 400, $"{report.OrderEvents} order events");
        Assert.Contains(report.Comparisons, comparison => comparison.Subject == "campaigns a");
        Assert.Contains(report.Comparisons, comparison => comparison.Subject.StartsWith("statement b cohost-", StringComparison.Ordinal));
        Assert.Equal(report.Comparisons.Length, report.Comparisons.Select(comparison => comparison.Subject).Distinct().Count());
    }

    [Fact]
    public async Task Replay_OfTheEveningWithEverything_Equal()
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await night.PlayAsync();

        Assert.All((await ReplayAsync(night)).Comparisons, comparison => Assert.True(comparison.IsEqual, comparison.ToString()));
    }

    [Theory]
    [InlineData("UPDATE order_event SET media_time = 1 WHERE arrival = 2", "ledger ")]
    [InlineData("UPDATE attribution SET store_id = 'other' WHERE order_id = 'o1'", "facts ")]
    [InlineData("UPDATE ledger SET amount_minor = 1 WHERE seq = 2", "ledger ")]
    [InlineData("UPDATE statement SET digest = 'x'", "statement ")]
    [InlineData("UPDATE shelf_item SET price_minor = 1", "shelves")]
    [InlineData("UPDATE cohost SET state = 5", "co-host sessions")]
    [InlineData("UPDATE order_sum SET total_minor = 1", "conservation")]
    [InlineData("UPDATE campaign SET state = 1 WHERE campaign_id = 'd1'", "campaigns ")]
    [InlineData("UPDATE campaign SET content = replace(content, 'limit', 'Limit') WHERE campaign_id = 'c1'", "campaigns ")]
    [InlineData("UPDATE participation SET viewer_id = 'x' WHERE campaign_id = 'd1' AND number = 2", "campaigns ")]
    [InlineData("UPDATE participation SET at = at + 1 WHERE campaign_id = 'b1' AND number = 1", "campaigns ")]
    [InlineData("DELETE FROM participation WHERE campaign_id = 'c1'", "campaigns ")]
    [InlineData("UPDATE cohost SET content = replace(content, 'Hash\":\"', 'Hash\":\"0')", "layout timeline")]
    [InlineData("UPDATE event_log SET content = replace(content, '\\u0022Z\\u0022:5', '\\u0022Z\\u0022:6') WHERE seq = (SELECT min(seq) FROM event_log WHERE kind = 'cohost')", "layout timeline")]
    public async Task Replay_TableChangedBesideTheLog_ThatDiffers(string sql, string subject)
    {
        await using var night = await Night.OpenAsync(await CreateDatabaseAsync());
        await night.PlayAsync();
        await night.Service.HandleTimeoutAsync(Now);
        night.Database.AllowUpdates("ledger");
        night.Database.AllowUpdates("event_log");
        night.Database.Execute(sql);

        var report = await ReplayAsync(night);

        Assert.Contains(
            report.Comparisons,
            comparison => !comparison.IsEqual && comparison.Subject.StartsWith(subject, StringComparison.Ordinal));
    }

    private protected abstract Task<ITestDatabase> CreateDatabaseAsync();

    private protected static async Task<ReplayReport> ReplayAsync(Night night)
    {
        await night.Service.DisposeAsync();
        await using var store = await night.Database.OpenStoreAsync();
        return await NightReplay.RunAsync(store);
    }

    // Everything that decisions rest on changes while orders come twice, out of order, with clocks that are wrong.
    private static async Task PlayRandomAsync(Night night, Random random, int steps)
    {
        await night.OpenRoomsAsync();
        var service = night.Service;
        var now = Now;
        CoHostSession? session = null;
        for (var step = 0; step < steps; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(60_000));
            var merchant = random.Next(2) == 0 ? A : B;
            var room = random.Next(2) == 0 ? RoomA : RoomB;
            var viewer = ViewerId.Parse($"v{random.Next(40)}");
            switch (random.Next(18))
            {
                case 0:
                    await service.PutItemAsync(now, new ItemKey(merchant, ItemId.Parse($"i{random.Next(4)}")), new ShelfItemDraft($"T{step}", 100, "CNY", 7));
                    break;
                case 1:
                    await service.SetSpotlightAsync(now, room, new ItemKey(merchant, ItemId.Parse("i")));
                    break;
                case 2:
                    await service.ClearSpotlightAsync(now, room, merchant);
                    break;
                case 3 when session is null:
                    session = (await service.CreateCoHostAsync(now, Actor.Platform, new CoHostRequest([RoomA, RoomB], IsActiveAtOnce: true))).Value.Value;
                    break;
                case 3 when random.Next(2) == 0:
                    await service.EndCoHostAsync(now, session!.Id, Actor.Platform);
                    session = null;
                    break;
                case 3:
                    await service.SetLayoutAsync(now, session!.Id, Actor.Platform, CoHostLayout.Named("picture-in-picture").Value);
                    break;
                case 4:
                    await service.PutShareCodeAsync(now, new ShareCodeEntry(
                        ShareCode.Parse($"c{random.Next(6)}"), merchant, StoreId.Parse($"s{random.Next(3)}"), GuideId.Parse($"g{random.Next(3)}"),
                        random.Next(2) == 0 ? null : ShareCode.Parse($"c{random.Next(6)}")));
                    break;
                case 5:
                    service.RecordJoin(now, viewer, room, random.Next(2) == 0 ? null : ShareCode.Parse($"c{random.Next(6)}"));
                    break;
                case 6:
                    await service.StartShowAsync(now, room);
                    break;
                case 7 when random.Next(4) == 0:
                    await service.CloseRoomAsync(now, room);
                    session = session is { } open && service.GetCoHost(open.Id).Value.IsOpen ? session : null;
                    break;
                case 8:
                    await service.HandleTimeoutAsync(now);
                    break;
                case 9:
                    await PublishAsync(service, now, room, merchant, random);
                    break;
                case 10 or 11:
                    await service.ParticipateAsync(
                        now, room, new CampaignKey(merchant, (CampaignKind)random.Next(4), $"k{random.Next(3)}"), viewer);
                    break;
                default:
                    await SubmitAsync(service, now, random, viewer, room);
                    break;
            }
        }

        await service.HandleTimeoutAsync(now);

        // The night would say nothing about draws without one that was drawn.
        Assert.Contains(
            Enumerable.Range(0, 3).SelectMany(i => new[] { new CampaignKey(A, CampaignKind.Draw, $"k{i}"), new CampaignKey(B, CampaignKind.Draw, $"k{i}") }),
            draw => service.GetCampaign(draw).TryGet(out var view, out _) && view.Outcome?.Winners.IsEmpty == false);
        Assert.All(service.GetConservation(), sum => Assert.Equal(0, sum.DifferenceMinor));
    }

    // Some are opened twice, closed before anybody came, revealed too early.
    private static async Task PublishAsync(
        CommerceService service, DateTimeOffset now, RoomId room, MerchantId merchant, Random random)
    {
        var id = $"k{random.Next(3)}";
        var action = random.Next(4) switch { 0 => "close", 1 => "reveal", _ => "open" };
        var (type, body) = random.Next(6) switch
        {
            0 => ("coupon", $$"""{"couponId":"{{id}}","limit":{{random.Next(1, 9)}},"action":"{{(action == "reveal" ? "close" : action)}}"}"""),
            1 => ("bargain", $$"""{"bargainId":"{{id}}","target":3,"startMinor":300,"floorMinor":100}"""),
            2 => ("coupon", $$"""{"couponId":"shown-{{random.Next(1000)}}"}"""),
            _ => ("draw", $$"""{"drawId":"{{id}}","prizes":{{random.Next(1, 4)}},"action":"{{action}}"}"""),
        };
        await service.PublishCampaignAsync(now, room, CampaignDraft.Read(type, merchant, JsonDocument.Parse(body).RootElement).Value!);
    }

    private static async Task SubmitAsync(CommerceService service, DateTimeOffset now, Random random, ViewerId viewer, RoomId room)
    {
        var item = random.Next(2) == 0 ? ItemA : ItemB;
        var skew = TimeSpan.FromSeconds(random.Next(-7200, 600));
        var click = service.DescribeClick(now + skew, room, viewer, item, (random.Next(50), "spotlight"), new LiveMoment(random.Next(), B));
        var orderEvent = Order(
            $"o{random.Next(300)}", (OrderKind)random.Next(1, 6),
            [.. Enumerable.Range(1, random.Next(1, 4)).Select(lineNo => (lineNo, lineNo == 1 ? item : ItemB, 100L * random.Next(1, 3)))]) with
        {
            RoomId = room,
            ViewerId = viewer,
            OccurredAt = now + skew,
            ShareCode = random.Next(3) == 0 ? ShareCode.Parse($"c{random.Next(6)}") : null,
            ClickToken = click.IsSuccess && random.Next(2) == 0 ? service.SignClick(click.Value) : null,
        };
        await service.SubmitOrderAsync(now, orderEvent);
        if (random.Next(4) == 0)
        {
            await service.SubmitOrdersAsync(now, [orderEvent, orderEvent with { EventId = EventId.Parse($"e{random.Next(400)}") }]);
        }
    }
}
