using System.Text;
using System.Text.Json;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Ledger;
using MediaRelay.Commerce.Orders;
using static MediaRelay.Commerce.Tests.SaleNight;

namespace MediaRelay.Commerce.Tests.Ledger;

public sealed class ClosedStatementTests
{
    [Fact]
    public async Task CloseRoom_WithShow_StatementHoldsWhatTheShowCarried()
    {
        await using var night = await SaleNight.OpenAsync();
        await night.SubmitAsync("before", OrderKind.Paid, RoomA, Line(1, ItemA1, minor: 7));
        night.Now += TimeSpan.FromSeconds(1);
        var show = (await night.Service.StartShowAsync(night.Now, RoomA)).Value;
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, minor: 100), Line(2, ItemB1, minor: 1000));
        await night.SubmitAsync("elsewhere", OrderKind.Paid, RoomB, Line(1, ItemA1, minor: 9));
        await night.Service.CloseRoomAsync(night.Now, RoomA);

        var listed = Assert.Single(await night.Service.Statements.ListAsync(A, null, 10));
        var content = (await night.Service.Statements.ReadAsync(A, show.Id.Value)).Value;

        Assert.Equal((show.Id.Value, StatementScope.Show, RoomA), (listed.Id, listed.Scope, listed.RoomId!.Value));
        var json = JsonDocument.Parse(content.Document).RootElement;
        Assert.Equal((2, 1), (json.GetProperty("entries").GetInt32(), json.GetProperty("referrals").GetInt32()));
        Assert.Equal(100, json.GetProperty("money")[0].GetProperty("netMinor").GetInt64());
        Assert.Empty(await night.Service.Statements.ListAsync(B, null, 10));
    }

    [Fact]
    public async Task EndCoHost_LaterRefund_ClosedStatementStaysBitForBit()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1, minor: 100), Line(2, ItemB1, minor: 1000));
        await night.Service.EndCoHostAsync(night.Now, session.Id, Actor.Platform);
        var unsealed = (await night.Service.Statements.ReadAsync(B, session.Id.Value)).Value;
        await night.Service.HandleTimeoutAsync(night.Now);
        await night.SubmitAsync("o1", OrderKind.Refunded, RoomA, Line(2, ItemB1, minor: 400));
        await night.ReopenAsync();

        var sealedNow = (await night.Service.Statements.ReadAsync(B, session.Id.Value)).Value;

        Assert.Null(unsealed.Statement.Digest);
        Assert.True(unsealed.Document.Span.SequenceEqual(sealedNow.Document.Span));
        Assert.Equal((sealedNow.Digest, true), (sealedNow.Statement.Digest, sealedNow.IsIntact));
        Assert.Equal(600, (await night.Service.GetStatementAsync(B, session.Id)).Value.Money[0].NetMinor);
        Assert.Contains("\"netMinor\":1000", Encoding.UTF8.GetString(sealedNow.Document.Span), StringComparison.Ordinal);
        Assert.Null(night.Service.NextTimeout());
    }

    [Fact]
    public async Task Reopen_BeforeTheDigestWasMade_ItIsMadeAfterwards()
    {
        await using var night = await SaleNight.OpenAsync();
        var session = await night.CoHostAsync();
        await night.SubmitAsync("o1", OrderKind.Paid, RoomA, Line(1, ItemA1));
        await night.Service.EndCoHostAsync(night.Now, session.Id, Actor.Platform);
        await night.ReopenAsync();

        Assert.True(night.Service.NextTimeout() <= night.Now);
        await night.Service.HandleTimeoutAsync(night.Now);

        foreach (var merchant in new[] { A, B })
        {
            var content = (await night.Service.Statements.ReadAsync(merchant, session.Id.Value)).Value;
            Assert.Equal(content.Digest, content.Statement.Digest);
        }
    }

    [Fact]
    public async Task List_PageByPage_EachOnceThoughSomeCloseAtTheSameTime()
    {
        await using var night = await SaleNight.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            await night.Service.StartShowAsync(night.Now, RoomA);
            await night.CoHostAsync();
            await night.Service.CloseRoomAsync(night.Now, RoomA);
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await night.Service.Statements.ListAsync(A, after, 2);
            seen.AddRange(page.Select(statement => statement.Id));
            after = page.Length == 2 ? page[^1].Id : null;
        }
        while (after is not null);

        Assert.Equal(6, seen.Count);
        Assert.Equal(6, seen.Distinct().Count());
    }

    [Fact]
    public async Task Read_AnotherMerchantsStatement_NotFound()
    {
        await using var night = await SaleNight.OpenAsync();
        var show = (await night.Service.StartShowAsync(night.Now, RoomA)).Value;
        await night.Service.CloseRoomAsync(night.Now, RoomA);

        Assert.Equal(ProblemKind.NotFound, (await night.Service.Statements.ReadAsync(B, show.Id.Value)).Problem!.Kind);
    }
}
