using System.Globalization;
using System.Text;

namespace MediaRelay.Server.Reports;

/// <summary>A line over time as SVG that stands in a page: no script, no font, nothing to be fetched.</summary>
internal static class ReportChart
{
    private const double Width = 760;
    private const double Height = 160;
    private const double Left = 56;
    private const double Bottom = 22;
    private const double Top = 10;

    // More would not be seen, and a long night would make a large page.
    private const int MaxPoints = 760;

    /// <param name="title">Plain text without markup.</param>
    /// <param name="points">In order of time; empty gives nothing.</param>
    public static string Write(string title, IReadOnlyList<(DateTimeOffset At, double Value)> points)
    {
        if (points.Count == 0)
        {
            return "";
        }

        var thin = Thin(points);
        var (from, to) = (thin[0].At, thin[^1].At);
        var span = Math.Max(1, (to - from).TotalSeconds);
        var max = Math.Max(1, thin.Max(point => point.Value));
        var line = new StringBuilder();
        foreach (var (at, value) in thin)
        {
            var x = Left + ((Width - Left) * (at - from).TotalSeconds / span);
            var y = Height - Bottom - ((Height - Bottom - Top) * value / max);
            line.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <figure><figcaption>{title}</figcaption><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}">
            <path d="M{Left} {Top}V{Height - Bottom}H{Width}" class="axis"/>
            <polyline points="{line.ToString().TrimEnd()}"/>
            <text x="{Left - 6}" y="{Top + 8}" text-anchor="end">{max:0}</text><text x="{Left - 6}" y="{Height - Bottom}" text-anchor="end">0</text>
            <text x="{Left}" y="{Height - 6}">{from:HH:mm}</text><text x="{Width}" y="{Height - 6}" text-anchor="end">{to:HH:mm}</text>
            </svg></figure>
            """);
    }

    // The largest value of each stretch, so that no peak is lost.
    private static IReadOnlyList<(DateTimeOffset At, double Value)> Thin(IReadOnlyList<(DateTimeOffset At, double Value)> points)
    {
        var stretch = (points.Count + MaxPoints - 1) / MaxPoints;
        return stretch <= 1 ? points : [.. points.Chunk(stretch).Select(chunk => (chunk[0].At, chunk.Max(point => point.Value)))];
    }
}
