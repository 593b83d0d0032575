using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Reports;

/// <summary>A report as one page that needs nothing else: it can be saved, sent and printed.</summary>
internal static class ReportPage
{
    private const string Style =
        """
        body{font:15px/1.45 system-ui,sans-serif;color:#1b1b1f;max-width:820px;margin:24px auto;padding:0 16px}
        h1{font-size:24px;margin:0}h2{font-size:17px;margin:28px 0 8px;border-bottom:1px solid #d7d7de}p.sub{color:#5c5c66;margin:4px 0 20px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px}.tiles div{border:1px solid #d7d7de;border-radius:8px;padding:10px}
        .tiles b{display:block;font-size:20px}.tiles span{color:#5c5c66}table{border-collapse:collapse;width:100%}
        th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #ececf1}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        figure{margin:12px 0}figcaption{color:#5c5c66}svg{width:100%;height:auto}svg text{font-size:11px;fill:#5c5c66}
        polyline{fill:none;stroke:#3457d5;stroke-width:1.6}.axis{fill:none;stroke:#b9b9c4}
        @media print{body{margin:0;max-width:none}h2,figure,tr{break-inside:avoid}}
        """;

    public static string Write(ReportResponse report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(report.Title)}</title>");
        page.Append(CultureInfo.InvariantCulture, $"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>{Style}</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Title)}</h1><p class=\"sub\">{Text(report.MerchantName)} · {Text(report.RoomId)} · {Span(report)} · made {report.GeneratedAt:yyyy-MM-dd HH:mm:ss} UTC</p>\n");
        WriteTiles(page, report);
        WriteCharts(page, report);
        Table(page, "Items", ["Item", "Sold", "Returned", "Clicks", "Gross", "Net"], report.Items.Select(item => new[]
        {
            item.ItemId, Number(item.Sold), Number(item.Returned),
            Number(report.ClicksByItem.FirstOrDefault(click => click.Name == item.ItemId)?.Count ?? 0),
            Money(item.GrossMinor, item.Currency), Money(item.NetMinor, item.Currency),
        }));
        Table(page, "Overlays", ["Number", "Type", "Shown", "Clicks", "Orders", "Conversion", "Net"], report.Overlays.Select(overlay => new[]
        {
            Number(overlay.OverlaySeq), overlay.Type ?? "", Time(overlay.ShownAt), Number(overlay.Clicks), Number(overlay.Orders),
            overlay.Conversion is { } rate ? rate.ToString("P1", CultureInfo.InvariantCulture) : "",
            overlay.Currency is null ? "" : Money(overlay.NetMinor, overlay.Currency),
        }));
        Table(page, "Guides", ["Code", "Guide", "Store", "Joins", "Orders", "Gross", "Net"], report.Guides.Select(guide => new[]
        {
            guide.ShareCode, guide.GuideId ?? "", guide.StoreId ?? "", Number(guide.Joins), Number(guide.Orders),
            guide.Currency is null ? "" : Money(guide.GrossMinor, guide.Currency), guide.Currency is null ? "" : Money(guide.NetMinor, guide.Currency),
        }));
        Table(page, "Where viewers came in", ["Room", "Joins"], report.JoinsByOrigin.Select(origin => new[] { origin.Name, Number(origin.Count) }));
        Table(page, "What was shown when", ["Time", "What", "", ""], report.Timeline.Select(moment => new[]
        {
            Time(moment.At), moment.Kind, moment.Subject, moment.Detail,
        }));
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">Ledger entry {report.HeadSeq}, {Text(report.Head)}</p>\n</body></html>\n");
        return page.ToString();
    }

    private static void WriteTiles(StringBuilder page, ReportResponse report)
    {
        page.Append("<div class=\"tiles\">");
        Tile(page, report.Funnel.Joins is { } joins ? Number(joins) : "–", "joins");
        Tile(page, Number(report.Funnel.Clicks), "clicks");
        Tile(page, Number(report.Orders), "orders");
        foreach (var money in report.Money)
        {
            Tile(page, Money(money.GrossMinor, money.Currency), "gross");
            Tile(page, Money(money.CancelledMinor + money.RefundedMinor, money.Currency), "cancelled and refunded");
            Tile(page, Money(money.NetMinor, money.Currency), "net");
        }

        page.Append("</div>\n");
    }

    private static void WriteCharts(StringBuilder page, ReportResponse report)
    {
        page.Append("<h2>Over time (UTC)</h2>\n");
        page.Append(ReportChart.Write("Viewers", [.. report.Audience.Select(sample => (sample.At, (double)sample.Viewers))]));
        page.Append(ReportChart.Write("Likes in ten seconds", [.. report.Audience.Select(sample => (sample.At, (double)sample.Likes))]));
        page.Append(ReportChart.Write("Comments in ten seconds", [.. report.Audience.Select(sample => (sample.At, (double)sample.Comments))]));
        foreach (var currency in report.SalesByMinute.GroupBy(minute => minute.Currency, StringComparer.Ordinal))
        {
            page.Append(ReportChart.Write($"Orders in a minute, {currency.Key}", [.. currency.Select(minute => (minute.At, (double)minute.Orders))]));
        }
    }

    private static void Tile(StringBuilder page, string value, string name) =>
        page.Append(CultureInfo.InvariantCulture, $"<div><b>{Text(value)}</b><span>{Text(name)}</span></div>");

    private static void Table(StringBuilder page, string title, string[] columns, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<table><tr>{string.Concat(columns.Select(column => $"<th>{Text(column)}</th>"))}</tr>\n");
        foreach (var row in all)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Span(ReportResponse report) => report.StartedAt is { } started
        ? string.Create(CultureInfo.InvariantCulture, $"{started:yyyy-MM-dd HH:mm} to {Time(report.EndedAt)} UTC")
        : "never live";

    private static string Time(DateTimeOffset? at) => at?.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // Minor units as they are kept: how many make one is the currency's matter, and a report must not guess it.
    private static string Money(long minor, string currency) => $"{Number(minor)} {currency} minor";

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
