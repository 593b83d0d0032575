using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace MediaRelay.Server.Observability;

/// <summary>One instrument with all of its label sets.</summary>
internal sealed class InstrumentSeries
{
    // Past this a label was chosen badly; the sum stays right, the detail is given up.
    private const int MaxSeries = 1000;
    private const string Overflow = "overflow=\"true\"";

    // For a histogram that names none: 1 ms to 10 s, what requests and joins take.
    private static readonly double[] DefaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly bool _isTotal;

    public InstrumentSeries(Instrument instrument)
    {
        Kind = KindOf(instrument);
        Name = NameOf(instrument, Kind);
        Help = instrument.Description ?? instrument.Name;
        IsObservable = instrument.IsObservable;
        Bounds = Kind == InstrumentKind.Histogram ? BoundsOf(instrument) : null;
        _isTotal = !IsObservable && instrument.GetType().GetGenericTypeDefinition() != typeof(Gauge<>);
    }

    public string Name { get; }

    public string Help { get; }

    public InstrumentKind Kind { get; }

    public bool IsObservable { get; }

    /// <summary>Upper bounds of a histogram's buckets, ascending, without infinity; else null.</summary>
    public double[]? Bounds { get; }

    /// <summary>Label sets in a stable order; the key is their text between the braces.</summary>
    public IEnumerable<KeyValuePair<string, Series>> Series => _series.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Before a scrape asks an observable instrument: what it no longer reports is gone.</summary>
    public void Clear() => _series.Clear();

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(WriteLabels(tags));
        if (Kind == InstrumentKind.Histogram)
        {
            series.Observe(value);
        }
        else if (_isTotal)
        {
            series.Add(value);
        }
        else
        {
            series.Set(value);
        }
    }

    private static InstrumentKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))
        {
            return InstrumentKind.Counter;
        }

        return type == typeof(Histogram<>) ? InstrumentKind.Histogram : InstrumentKind.Gauge;
    }

    private static string NameOf(Instrument instrument, InstrumentKind kind)
    {
        var name = "mediarelay_" + instrument.Name.Replace('.', '_').Replace('-', '_');
        return kind == InstrumentKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };

    // Sorted, so that the same labels in another order are the same series.
    private static string WriteLabels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var sorted = tags.ToArray();
        Array.Sort(sorted, (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            text.Append(name.Replace('.', '_')).Append("=\"");
            PrometheusText.AppendEscapedLabel(text, value?.ToString() ?? "");
            text.Append('"');
        }

        return text.ToString();
    }

    private Series Find(string labels)
    {
        if (_series.TryGetValue(labels, out var known))
        {
            return known;
        }

        return _series.GetOrAdd(_series.Count < MaxSeries ? labels : Overflow, _ => new Series(Bounds));
    }
}
