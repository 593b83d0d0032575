using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Reports;
using MediaRelay.Server.Tests.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace MediaRelay.Server.Tests.Api.Reports;

public sealed partial class ReportTests : IDisposable
{
    private readonly ApiServer _server = new(("MediaRelay:Webhooks:AllowPrivateAddresses", "true"));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Report_OfAShowThatEnded_IsToldAndHasWhatHappened()
    {
        await using var receiver = await Receiver.StartAsync();
        await PlayAsync(receiver);

        var told = await receiver.NextAsync(3);

        // What the audience did, then a report for each of the two merchants; all of them events of the room.
        Assert.Equal(["interaction.totals", "report.ready", "report.ready"], told.Select(one => one.GetProperty("type").GetString()));
        Assert.Equal(3, told[0].GetProperty("data").GetProperty("likes").GetInt64());
        Assert.Equal(["acme", "zeta"], told.Skip(1).Select(one => one.GetProperty("merchantId").GetString()));
        var report = await _server.Merchant("acme").GetAsync(told[1].GetProperty("data").GetProperty("report").GetString()!);
        Assert.Equal("Tea night", report.GetProperty("title").GetString());
        Assert.All(told, one => Assert.Equal(report.GetProperty("showId").GetString(), one.GetProperty("showId").GetString()));
        Assert.Equal(1, report.GetProperty("orders").GetInt64());
        Assert.Equal((2, 2, 1), (Funnel(report, "joins"), Funnel(report, "clicks"), Funnel(report, "orders")));
        Assert.Equal("mei-01", report.GetProperty("guides")[0].GetProperty("shareCode").GetString());
        Assert.Equal(1, report.GetProperty("guides")[0].GetProperty("joins").GetInt64());
        var overlay = Assert.Single(report.GetProperty("overlays").EnumerateArray());
        Assert.Equal(("notice", 1L), (overlay.GetProperty("type").GetString(), overlay.GetProperty("clicks").GetInt64()));
        Assert.Equal(
            ["began", "spotlight", "overlay", "cohost", "cohost", "ended"],
            report.GetProperty("timeline").EnumerateArray().Select(moment => moment.GetProperty("kind").GetString()));
        Assert.Equal(3, report.GetProperty("audience").EnumerateArray().Sum(sample => sample.GetProperty("likes").GetInt64()));
    }

    [Fact]
    public async Task Report_OfTheOtherMerchant_HasItsOwnFiguresOnly()
    {
        await using var receiver = await Receiver.StartAsync();
        await PlayAsync(receiver);
        await receiver.NextAsync(3);
        const string path = "/v1/merchants/zeta/report?roomId=acme-room";
        var zeta = _server.Merchant("zeta");

        foreach (var format in new[] { "json", "html", "csv" })
        {
            var text = await (await zeta.SendAsync("GET", $"{path}&format={format}")).Content.ReadAsStringAsync();
            Assert.DoesNotContain("12345", text, StringComparison.Ordinal);
            Assert.DoesNotContain("mei-01", text, StringComparison.Ordinal);
            Assert.DoesNotContain("notice", text, StringComparison.Ordinal);
        }

        var report = await zeta.GetAsync(path);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("funnel").GetProperty("joins").ValueKind);
        Assert.Equal(0, report.GetProperty("audience").GetArrayLength());
        await zeta.GetAsync("/v1/merchants/acme/report?roomId=acme-room", 403);
    }

    [Fact]
    public async Task Report_AsPageAndTable_StandsAlone()
    {
        await using var receiver = await Receiver.StartAsync();
        await PlayAsync(receiver);
        await receiver.NextAsync(3);
        const string path = "/v1/merchants/acme/report?roomId=acme-room";
        var acme = _server.Merchant("acme");

        using var page = await acme.SendAsync("GET", path, headers: ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"));
        using var table = await acme.SendAsync("GET", path + "&format=csv");
        var html = await page.Content.ReadAsStringAsync();
        var rows = (await table.Content.ReadAsStringAsync()).TrimEnd().Split("\r\n");

        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains("<polyline", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<script|src=|href=|@import|url\\(", html);
        Assert.Equal(MediaTypeHeaderValue.Parse("text/csv; charset=utf-8"), table.Content.Headers.ContentType);
        Assert.Equal("section,name,at,currency,figure,value", rows[0]);
        Assert.Contains("money,,,CNY,netMinor,12345", rows);
        Assert.All(rows, row => Assert.Equal(6, Quoted().Replace(row, "").Split(',').Length));
        await acme.GetAsync(path + "&format=pdf", 400);
        await acme.GetAsync(path + "&showId=none", 404);
        await acme.GetAsync("/v1/merchants/acme/report?roomId=nowhere", 404);
    }

    [Fact]
    public async Task Report_AfterARestart_IsTheSameButForItsTime()
    {
        const string path = "/v1/merchants/acme/report?roomId=acme-room&format=";
        await using var receiver = await Receiver.StartAsync();
        await PlayAsync(receiver);
        await receiver.NextAsync(3);
        var before = new List<string>();
        foreach (var format in new[] { "json", "html", "csv" })
        {
            before.Add(await ReadAsync(_server, path + format));
        }

        using var again = _server.Restart();

        foreach (var (format, text) in new[] { "json", "html", "csv" }.Zip(before))
        {
            Assert.Equal(text, await ReadAsync(again, path + format));
        }
    }

    private static async Task<string> ReadAsync(ApiServer server, string path)
    {
        var text = await (await server.Merchant("acme").SendAsync("GET", path)).Content.ReadAsStringAsync();
        return GeneratedAt().Replace(text, "<time>");
    }

    private static long Funnel(JsonElement report, string step) => report.GetProperty("funnel").GetProperty(step).GetInt64();

    /// <summary>A show in acme's room: two viewers, likes, an overlay and clicks, a session with zeta, an order.</summary>
    private async Task PlayAsync(Receiver receiver)
    {
        await _server.WithTwoMerchantsAsync();
        var platform = _server.Platform;
        var service = _server.Services.GetRequiredService<CommerceHost>().Service;
        var (room, acme) = (RoomId.Parse("acme-room"), MerchantId.Parse("acme"));
        await platform.PutAsync(
            "/v1/webhooks/all", new { url = receiver.Url, events = new[] { "interaction.*", "report.ready" } }, 201);
        await platform.PutAsync("/v1/share-codes/mei-01", new { merchantId = "acme", storeId = "s1", guideId = "mei" }, 201);
        await service.StartShowAsync(DateTimeOffset.UtcNow, room);
        await platform.PutAsync("/v1/rooms/acme-room/spotlight/acme", new { itemId = "tea" });
        var overlay = await platform.PostAsync(
            "/v1/rooms/acme-room/overlays", new { type = "notice", merchantId = "acme", body = new { code = "hello", text = "Hello" } }, 202);
        var recorder = _server.Services.GetRequiredService<ShowRecorder>();
        recorder.NoteJoin(room, acme, room, ShareCode.Parse("mei-01"));
        recorder.NoteJoin(room, acme, RoomId.Parse("zeta-room"), null);
        var viewer = ViewerId.Parse("ann");
        var click = new InteractionEvent(InteractionKind.Click, DateTimeOffset.UtcNow, room, viewer, default)
        {
            MerchantId = acme, ItemId = ItemId.Parse("tea"), OverlaySeq = overlay.GetProperty("seq").GetInt64(),
        };
        recorder.Note(new InteractionEvent(InteractionKind.Like, DateTimeOffset.UtcNow, room, viewer, default) { Count = 3 });
        recorder.Note(click);
        recorder.Note(click with { OverlaySeq = 999_999 });
        var session = await platform.PostAsync("/v1/cohosts", new { rooms = new[] { "acme-room", "zeta-room" }, state = "active" }, 201);
        await platform.PostAsync(
            "/v1/orders",
            new
            {
                orderId = "o1",
                kind = "paid",
                roomId = "acme-room",
                viewerId = "ann",
                occurredAt = DateTimeOffset.UtcNow,
                shareCode = "mei-01",
                lines = new[] { new { lineNo = 1, merchantId = "acme", itemId = "tea", quantity = 1, amountMinor = 12345, currency = "CNY" } },
            },
            201);
        await platform.DeleteAsync($"/v1/cohosts/{session.GetProperty("cohostId").GetString()}", 200);
        await platform.PostAsync("/v1/rooms/acme-room/close");
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<=\"generatedAt\":\")[^\"]+|(?<=made )[-0-9: ]+(?= UTC)|(?<=^report,acme,)[^,]+", RegexOptions.Multiline)]
    private static partial Regex GeneratedAt();
}
