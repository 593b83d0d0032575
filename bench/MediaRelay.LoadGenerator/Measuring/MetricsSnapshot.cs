using System.Globalization;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>The series of a Prometheus text at one moment: name with labels, to value.</summary>
internal sealed class MetricsSnapshot
{
    private readonly Dictionary<string, double> _series;

    private MetricsSnapshot(Dictionary<string, double> series) => _series = series;

    public IReadOnlyDictionary<string, double> Series => _series;

    /// <summary>Reads the text format; lines that are none of it are skipped.</summary>
    public static MetricsSnapshot Parse(string text)
    {
        var series = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            // Label values may contain blanks; the value behind them does not, and these texts have no timestamps.
            var end = line.LastIndexOf(' ');
            if (end > 0 && line[0] != '#'
                && double.TryParse(line[(end + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                series[line[..end].ToString()] = value;
            }
        }

        return new MetricsSnapshot(series);
    }

    /// <summary>A series' growth since an earlier snapshot; null when it is not there now.</summary>
    public double? Since(MetricsSnapshot earlier, string series) =>
        _series.TryGetValue(series, out var now) ? now - earlier._series.GetValueOrDefault(series) : null;

    /// <summary>All counters that grew since an earlier snapshot, by series, without the parts of histograms.</summary>
    public SortedDictionary<string, double> CountersSince(MetricsSnapshot earlier)
    {
        var grown = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (series, now) in _series)
        {
            if (NameOf(series).EndsWith("_total", StringComparison.Ordinal) && now > earlier._series.GetValueOrDefault(series))
            {
                grown[series] = Math.Round(now - earlier._series.GetValueOrDefault(series), 6);
            }
        }

        return grown;
    }

    /// <summary>The histograms of times that took samples since an earlier snapshot, by series without <c>le</c>.</summary>
    public SortedDictionary<string, BucketHistogram> HistogramsSince(MetricsSnapshot earlier)
    {
        const string Bucket = "_seconds_bucket";
        var found = new SortedDictionary<string, BucketHistogram>(StringComparer.Ordinal);
        foreach (var (series, now) in _series)
        {
            var name = NameOf(series);
            if (!name.EndsWith(Bucket, StringComparison.Ordinal) || !TryTakeBound(series, out var bound, out var labels))
            {
                continue;
            }

            var key = string.Concat(name.AsSpan(0, name.Length - "_bucket".Length), labels);
            if (!found.TryGetValue(key, out var histogram))
            {
                found[key] = histogram = new BucketHistogram();
            }

            histogram.Add(bound, (long)(now - earlier._series.GetValueOrDefault(series)));
        }

        foreach (var empty in found.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key).ToList())
        {
            found.Remove(empty);
        }

        return found;
    }

    private static string NameOf(string series) => series.IndexOf('{') is >= 0 and var brace ? series[..brace] : series;

    // Takes le="…" out of the labels.
    private static bool TryTakeBound(string series, out double bound, out string labels)
    {
        bound = 0;
        labels = "";
        var inside = series[(series.IndexOf('{') + 1)..].TrimEnd('}').Split(',', StringSplitOptions.RemoveEmptyEntries);
        var le = Array.Find(inside, label => label.StartsWith("le=\"", StringComparison.Ordinal));
        if (le is null)
        {
            return false;
        }

        var others = string.Join(',', inside.Where(label => label != le));
        labels = others.Length == 0 ? "" : $"{{{others}}}";
        var text = le[4..^1];
        bound = text == "+Inf" ? double.PositiveInfinity : 0;
        return bound > 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound);
    }
}
