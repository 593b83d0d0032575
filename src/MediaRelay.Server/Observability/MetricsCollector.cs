using System.Diagnostics.Metrics;
using System.Text;

namespace MediaRelay.Server.Observability;

/// <summary>
/// Listens to the instruments of this host's <see cref="RelayMeter"/> and writes them as Prometheus text. Must exist before
/// the first measurement, or that one is lost.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lock _scrape = new();
    private readonly IMeterFactory _factory;

    public MetricsCollector(IMeterFactory factory)
    {
        _factory = factory;
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<double>(Record);
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.Start();
    }

    /// <summary>All instruments now, observable ones asked, by name. Scrapes take turns.</summary>
    public string Collect()
    {
        lock (_scrape)
        {
            var instruments = Snapshot();
            foreach (var observable in instruments.Where(instrument => instrument.IsObservable))
            {
                observable.Clear();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var instrument in instruments)
            {
                PrometheusText.Append(text, instrument);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(
        Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) => Record(value, tags, state);

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((InstrumentSeries)state!).Record(value, tags);

    // The listener hears the whole process; the scope tells the meters of this host from those of another one in it (tests).
    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name != RelayMeter.Name || !ReferenceEquals(instrument.Meter.Scope, _factory))
        {
            return;
        }

        var series = new InstrumentSeries(instrument);
        lock (_lock)
        {
            if (!_instruments.TryAdd(series.Name, series))
            {
                throw new InvalidOperationException($"There are two instruments {series.Name}.");
            }
        }

        listener.EnableMeasurementEvents(instrument, series);
    }

    private InstrumentSeries[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _instruments.Values];
        }
    }
}
