using System.Diagnostics.Metrics;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.HandOffs;

/// <summary>Viewers that were moved to other rooms, and how long it took.</summary>
internal sealed class HandOffMetrics
{
    private static readonly double[] Buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20, 30];
    private static readonly string[] Outcomes = ["moved", "refused", "left"];

    private readonly Counter<long> _total;
    private readonly Histogram<double> _seconds;

    public HandOffMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _total = meter.CreateCounter<long>(
            "hand_offs_total",
            description: "Viewers to be moved to another room, by outcome (moved, refused: the room was full or gone, left: the viewer was).");
        _seconds = meter.CreateHistogram(
            "hand_off_seconds", null, "Time from the order to a viewer's first packet of the other room's feed, its turn awaited.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        foreach (var outcome in Outcomes)
        {
            _total.Add(0, Tag(outcome));
        }
    }

    public void Moved(TimeSpan elapsed)
    {
        _total.Add(1, Tag("moved"));
        _seconds.Record(elapsed.TotalSeconds);
    }

    public void Refused() => _total.Add(1, Tag("refused"));

    public void Left() => _total.Add(1, Tag("left"));

    private static KeyValuePair<string, object?> Tag(string outcome) => KeyValuePair.Create<string, object?>("outcome", outcome);
}
