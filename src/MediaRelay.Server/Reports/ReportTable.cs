using System.Globalization;
using System.Text;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Reports;

/// <summary>
/// A report as CSV (RFC 4180), one figure a line: <c>section,name,at,currency,figure,value</c>. So that all of it is one table, which
/// spreadsheets filter and turn.
/// </summary>
internal static class ReportTable
{
    public static string Write(ReportResponse report)
    {
        var text = new StringBuilder("section,name,at,currency,figure,value\r\n");
        void Row(string section, string? name, DateTimeOffset? at, string? currency, string figure, object? value) =>
            text.Append(CultureInfo.InvariantCulture, $"{section},{Cell(name)},{at:O},{currency},{figure},{Cell(Convert.ToString(value, CultureInfo.InvariantCulture))}\r\n");

        Row("report", report.MerchantId, report.GeneratedAt, null, "room", report.RoomId);
        Row("report", report.ShowId, report.StartedAt, null, "began", report.Title);
        Row("report", report.ShowId, report.EndedAt, null, "ended", report.Title);
        Row("funnel", null, null, null, "joins", report.Funnel.Joins);
        Row("funnel", null, null, null, "clicks", report.Funnel.Clicks);
        Row("funnel", null, null, null, "orders", report.Funnel.Orders);
        foreach (var money in report.Money)
        {
            Row("money", null, null, money.Currency, "grossMinor", money.GrossMinor);
            Row("money", null, null, money.Currency, "cancelledMinor", money.CancelledMinor);
            Row("money", null, null, money.Currency, "refundedMinor", money.RefundedMinor);
            Row("money", null, null, money.Currency, "netMinor", money.NetMinor);
            Row("money", null, null, money.Currency, "redeemedMinor", money.RedeemedMinor);
        }

        foreach (var item in report.Items)
        {
            Row("item", item.ItemId, null, item.Currency, "sold", item.Sold);
            Row("item", item.ItemId, null, item.Currency, "returned", item.Returned);
            Row("item", item.ItemId, null, item.Currency, "grossMinor", item.GrossMinor);
            Row("item", item.ItemId, null, item.Currency, "netMinor", item.NetMinor);
        }

        foreach (var click in report.ClicksByItem)
        {
            Row("item", click.Name, null, null, "clicks", click.Count);
        }

        foreach (var overlay in report.Overlays)
        {
            var name = overlay.OverlaySeq.ToString(CultureInfo.InvariantCulture);
            Row("overlay", name, overlay.ShownAt, overlay.Currency, "type", overlay.Type);
            Row("overlay", name, overlay.ShownAt, overlay.Currency, "clicks", overlay.Clicks);
            Row("overlay", name, overlay.ShownAt, overlay.Currency, "orders", overlay.Orders);
            Row("overlay", name, overlay.ShownAt, overlay.Currency, "netMinor", overlay.NetMinor);
            Row("overlay", name, overlay.ShownAt, overlay.Currency, "conversion", overlay.Conversion);
        }

        foreach (var guide in report.Guides)
        {
            Row("guide", guide.ShareCode, null, guide.Currency, "guideId", guide.GuideId);
            Row("guide", guide.ShareCode, null, guide.Currency, "joins", guide.Joins);
            Row("guide", guide.ShareCode, null, guide.Currency, "orders", guide.Orders);
            Row("guide", guide.ShareCode, null, guide.Currency, "netMinor", guide.NetMinor);
        }

        foreach (var origin in report.JoinsByOrigin)
        {
            Row("origin", origin.Name, null, null, "joins", origin.Count);
        }

        foreach (var minute in report.SalesByMinute)
        {
            Row("minute", null, minute.At, minute.Currency, "orders", minute.Orders);
            Row("minute", null, minute.At, minute.Currency, "netMinor", minute.NetMinor);
        }

        foreach (var sample in report.Audience)
        {
            Row("audience", null, sample.At, null, "viewers", sample.Viewers);
            Row("audience", null, sample.At, null, "joins", sample.Joins);
            Row("audience", null, sample.At, null, "likes", sample.Likes);
            Row("audience", null, sample.At, null, "comments", sample.Comments);
            Row("audience", null, sample.At, null, "clicks", sample.Clicks);
        }

        foreach (var moment in report.Timeline)
        {
            Row("timeline", moment.Subject, moment.At, null, moment.Kind, moment.Detail);
        }

        return text.ToString();
    }

    // RFC 4180 §2: quoted where it must be. A text that begins like a formula gets an apostrophe, or a spreadsheet would run it.
    private static string Cell(string? value)
    {
        if (value is null)
        {
            return "";
        }

        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        var safe = !isNumber && value.Length > 0 && "=+-@\t".Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
