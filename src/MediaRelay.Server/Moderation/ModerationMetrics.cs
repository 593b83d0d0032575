using System.Diagnostics.Metrics;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Moderation;

/// <summary>What becomes of comments.</summary>
internal sealed class ModerationMetrics
{
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

    private readonly Counter<long> _comments;
    private readonly Histogram<double> _seconds;
    private readonly Meter _meter;

    public ModerationMetrics(IMeterFactory factory)
    {
        _meter = factory.CreateRelayMeter();
        _comments = _meter.CreateCounter<long>("moderation_comments_total", description: "Comments that the platform was asked about, by what became of them.");
        _seconds = _meter.CreateHistogram(
            "moderation_seconds", null, "From a comment's arrival to its being shown or dropped.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
    }

    /// <param name="result">allowed, changed, denied, failed, late or full.</param>
    public void Decided(string result, TimeSpan after)
    {
        _comments.Add(1, KeyValuePair.Create<string, object?>("result", result));
        _seconds.Record(after.TotalSeconds);
    }

    public void ObserveWaiting(Func<int> waiting) => _meter.CreateObservableGauge(
        "moderation_waiting", waiting, description: "Comments that wait for a call to the moderation hook; the bound is MediaRelay:Moderation:Waiting.");
}
