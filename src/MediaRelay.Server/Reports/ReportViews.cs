using System.Globalization;
using MediaRelay.Commerce.Reports;
using MediaRelay.Server.Api;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Reports;

/// <summary>How a report stands in answers.</summary>
internal static class ReportViews
{
    public static ReportResponse Show(Report report, DateTimeOffset now)
    {
        var (scope, content) = (report.Scope, report.Content);
        var figures = LedgerViews.Show(content.Figures);
        var clicks = Counts(content, ShowSubject.ClickOnItem);
        return new ReportResponse(
            scope.MerchantId.Value, report.MerchantName, scope.RoomId.Value, report.Title, scope.Show?.Id.Value, scope.Show?.StartedAt,
            scope.Show?.EndedAt, now, figures.Entries, figures.Orders, figures.Lines, figures.CameFromElsewhere, figures.Referrals,
            figures.Redemptions, figures.Money, figures.Items, figures.ShareCodes, figures.From, figures.To, figures.HeadSeq, figures.Head,
            new FunnelResponse(
                scope.IsOwner ? content.Samples.Sum(sample => sample.Joins) : null, clicks.Sum(click => click.Count), figures.Orders),
            [.. content.Samples.Select(sample => new AudienceResponse(
                sample.At, sample.Viewers, sample.Joins, sample.Likes, sample.Comments, sample.Shares, sample.Follows, sample.Favorites,
                sample.AddToCarts, sample.Clicks))],
            Counts(content, ShowSubject.JoinByOrigin),
            clicks,
            [.. content.Minutes.Select(minute => new SalesMinuteResponse(
                minute.At, minute.Currency, minute.Orders, minute.GrossMinor, minute.NetMinor))],
            Overlays(content),
            Guides(content),
            [.. content.Moments.Select(moment => new MomentResponse(
                moment.At, moment.MediaTime, moment.Kind, moment.Subject, moment.Detail))]);
    }

    private static IReadOnlyList<NamedCountResponse> Counts(ReportFigures content, ShowSubject subject) =>
        [.. content.Counts.Where(count => count.Subject == subject).Select(count => new NamedCountResponse(count.Name, count.Count))];

    // Every overlay that was shown, clicked or sold anything, in order of number; several currencies are several rows.
    private static IReadOnlyList<OverlayFiguresResponse> Overlays(ReportFigures content)
    {
        var shown = content.Moments.Where(moment => moment.Kind == ShowMomentKinds.Overlay)
            .GroupBy(moment => moment.Subject, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var clicks = Counts(content, ShowSubject.ClickOnOverlay).ToDictionary(click => click.Name, click => click.Count, StringComparer.Ordinal);
        var sales = content.Overlays.ToLookup(row => row.OverlaySeq.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return
        [
            .. shown.Keys.Union(clicks.Keys, StringComparer.Ordinal).Union(sales.Select(group => group.Key), StringComparer.Ordinal)
                .OrderBy(seq => long.Parse(seq, CultureInfo.InvariantCulture))
                .SelectMany(seq => sales[seq].Cast<OverlaySales?>().DefaultIfEmpty()
                    .Select(row => Show(seq, shown.GetValueOrDefault(seq), clicks.GetValueOrDefault(seq), row))),
        ];
    }

    private static OverlayFiguresResponse Show(string seq, ShowMoment? shown, long clicks, OverlaySales? sales) => new(
        long.Parse(seq, CultureInfo.InvariantCulture), shown?.Detail, shown?.At, clicks, sales?.Currency, sales?.Orders ?? 0,
        sales?.GrossMinor ?? 0, sales?.NetMinor ?? 0,
        clicks == 0 ? null : Math.Round(Math.Min(1, (double)(sales?.Orders ?? 0) / clicks), 4));

    private static IReadOnlyList<GuideFiguresResponse> Guides(ReportFigures content)
    {
        var joins = Counts(content, ShowSubject.JoinByShareCode).ToDictionary(join => join.Name, join => join.Count, StringComparer.Ordinal);
        var sold = content.Guides.Select(row => new GuideFiguresResponse(
            row.ShareCode.Value, row.GuideId?.Value, row.StoreId?.Value, joins.GetValueOrDefault(row.ShareCode.Value), row.Currency, row.Orders,
            row.GrossMinor, row.NetMinor)).ToList();
        var known = sold.Select(row => row.ShareCode).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. sold,
            .. joins.Where(join => !known.Contains(join.Key))
                .Select(join => new GuideFiguresResponse(join.Key, null, null, join.Value, null, 0, 0, 0)),
        ];
    }
}
