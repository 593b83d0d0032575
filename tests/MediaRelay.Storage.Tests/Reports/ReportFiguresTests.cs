using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using MediaRelay.Commerce.Reports;
using MediaRelay.Storage.Tests.Nights;

namespace MediaRelay.Storage.Tests.Reports;

public sealed class ReportFiguresTests
{
    /// <summary>What the database adds up is what walking through the ledger gives.</summary>
    [Fact]
    public async Task Figures_OfANight_AreThoseOfTheWholeLedger()
    {
        await using var night = await Night.OpenAsync(new SqliteDatabase());
        await night.PlayAsync();

        foreach (var (merchant, room) in new[] { (Night.A, Night.RoomA), (Night.A, Night.RoomB), (Night.B, Night.RoomA), (Night.B, Night.RoomB) })
        {
            var slow = await Night.MustAsync(night.Service.GetReportAsync(merchant, room));
            var quick = (await Night.MustAsync(night.Service.Reports.ReadAsync(merchant, room, null))).Content.Figures;
            Assert.Equal(Describe(slow), Describe(quick));
        }
    }

    [Fact]
    public async Task Shows_OneAfterTheOther_ShareTheLedgerAmongThem()
    {
        await using var night = await Night.OpenAsync(new SqliteDatabase());
        await night.OpenRoomsAsync();
        var shows = new List<ShowId>();
        for (var i = 0; i < 3; i++)
        {
            var at = Night.Now.AddHours(i);
            shows.Add((await Night.MustAsync(night.Service.StartShowAsync(at, Night.RoomA))).Id);
            await Night.MustAsync(night.Service.CloseRoomAsync(at.AddMinutes(30), Night.RoomA));
        }

        // Before the first, in the second, after the second, after the last.
        foreach (var (minutes, minor) in new[] { (-5, 1), (70, 10), (100, 100), (600, 1000) })
        {
            await night.MustSubmitAsync(
                Night.Order($"o{minor}", OrderKind.Paid, (1, Night.ItemA, minor)) with { OccurredAt = Night.Now.AddMinutes(minutes) });
        }

        var net = new List<long>();
        foreach (var show in shows)
        {
            var figures = (await Night.MustAsync(night.Service.Reports.ReadAsync(Night.A, Night.RoomA, show))).Content.Figures;
            net.Add(figures.Money.Sum(money => money.NetMinor));
        }

        Assert.Equal([1, 110, 1000], net);
        Assert.Equal(
            shows[2], (await Night.MustAsync(night.Service.Reports.ReadAsync(Night.A, Night.RoomA, null))).Scope.Show!.Id);
    }

    [Fact]
    public async Task Audience_OfAnothersRoom_IsNotTold()
    {
        await using var night = await Night.OpenAsync(new SqliteDatabase());
        await night.PlayAsync();

        var own = (await Night.MustAsync(night.Service.Reports.ReadAsync(Night.A, Night.RoomA, null))).Content;
        var others = (await Night.MustAsync(night.Service.Reports.ReadAsync(Night.B, Night.RoomA, null))).Content;

        Assert.Equal(2, own.Samples.Length);
        Assert.Equal(6, Assert.Single(own.Counts).Count);
        Assert.Contains(own.Moments, moment => moment.Kind == ShowMomentKinds.Overlay);
        Assert.Empty(others.Samples);
        Assert.Equal(Night.B, Assert.Single(others.Counts).MerchantId);
        Assert.DoesNotContain(others.Moments, moment => moment.MerchantId == Night.A);
    }

    private static string Describe(LedgerFigures figures) =>
        $"{figures with { Money = [], Items = [], ShareCodes = [] }} {string.Join(' ', figures.Money)} {string.Join(' ', figures.Items)} {string.Join(' ', figures.ShareCodes)}";
}
