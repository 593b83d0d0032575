using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Ledger;

public sealed class LedgerReadingTests
{
    [Fact]
    public async Task ReadLedger_Pages_NextContinuesAndIsNullAtTheEnd()
    {
        await using var night = await SaleNight.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            _ = (await night.SubmitAsync($"o{i}", OrderKind.Paid, RoomA, Line(1, ItemA1))).Value;
        }

        var first = (await night.Service.ReadLedgerAsync(A, 0, 3)).Value;
        var second = (await night.Service.ReadLedgerAsync(A, first.Next!.Value, 3)).Value;
        var exact = (await night.Service.ReadLedgerAsync(A, 3, 2)).Value;

        Assert.Equal([1L, 2, 3], first.Entries.Select(entry => entry.Seq));
        Assert.Equal((3L, (long?)null, (long?)null), (first.Next, second.Next, exact.Next));
        Assert.Equal([4L, 5], second.Entries.Select(entry => entry.Seq));
    }

    [Theory]
    [InlineData(-1, 10, "after")]
    [InlineData(0, 0, "limit")]
    [InlineData(0, 1001, "limit")]
    public async Task ReadLedger_OutsideTheRule_BadRequest(long after, int limit, string field)
    {
        await using var night = await SaleNight.OpenAsync();

        Assert.Equal(field, (await night.Service.ReadLedgerAsync(A, after, limit)).Problem!.Field);
    }

    [Fact]
    public async Task ReadLedger_UnknownMerchant_NotFound()
    {
        await using var night = await SaleNight.OpenAsync();
        var unknown = MerchantId.Parse("x");

        Assert.Equal(ProblemKind.NotFound, (await night.Service.ReadLedgerAsync(unknown, 0, 1)).Problem!.Kind);
        Assert.Equal(ProblemKind.NotFound, (await night.Service.VerifyLedgerAsync(unknown)).Problem!.Kind);
        Assert.Equal(ProblemKind.NotFound, (await night.Service.GetStatementAsync(unknown, null)).Problem!.Kind);
    }

    [Fact]
    public async Task StatementAndReport_OnlyOwnEntriesOfTheSessionAndRoom()
    {
        await using var night = await SaleNight.OpenAsync();
        _ = (await night.SubmitAsync("solo", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 100))).Value;
        var session = await night.CoHostAsync();
        _ = (
            await night.SubmitAsync("inA", OrderKind.Paid, RoomA, Line(1, ItemA1, 1, 20), Line(2, ItemB1, 1, 1))).Value;
        _ = (await night.SubmitAsync("inB", OrderKind.Paid, RoomB, Line(1, ItemA2, 1, 3))).Value;

        var statement = (await night.Service.GetStatementAsync(A, session.Id)).Value;
        var report = (await night.Service.GetReportAsync(A, RoomA)).Value;

        Assert.Equal((23L, 2L, 1L), (Assert.Single(statement.Money).GrossMinor, statement.Orders, statement.Referrals));
        Assert.Equal((120L, 2L), (Assert.Single(report.Money).GrossMinor, report.Orders));
        Assert.Equal(statement.Head, report.Head);
    }
}
