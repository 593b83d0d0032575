using System.Diagnostics.Metrics;
using MediaRelay.Server.Admission;

namespace MediaRelay.Server.Observability;

/// <summary>New sessions: how many were asked for, how it ended, how long the answer took.</summary>
internal sealed class JoinMetrics
{
    private readonly Counter<long> _joins;
    private readonly Counter<long> _turnedAway;
    private readonly Histogram<double> _duration;

    public JoinMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _joins = meter.CreateCounter<long>(
            "joins_total", description: "Sessions asked for, by kind (whip, whep, return, events) and result (accepted, refused, limited, draining, overloaded).");
        _turnedAway = meter.CreateCounter<long>(
            "joins_refused_total", description: "Sessions that were asked for in order and turned away, by reason.");
        foreach (var reason in JoinRefusal.Reasons)
        {
            // A series that appears with its first event has no rate for it.
            _turnedAway.Add(0, KeyValuePair.Create<string, object?>("reason", reason));
        }

        _duration = meter.CreateHistogram<double>(
            "join_seconds",
            description: "Time from the arrival of an accepted offer to its answer, by kind.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2] });
    }

    /// <summary>An offer that was answered with 201 after <paramref name="elapsed"/>.</summary>
    public void Accepted(string kind, TimeSpan elapsed)
    {
        Count(kind, "accepted");
        _duration.Record(elapsed.TotalSeconds, KeyValuePair.Create<string, object?>("kind", kind));
    }

    /// <summary>An offer that cannot be taken at any time: no permission, no such room, malformed.</summary>
    public void Refused(string kind) => Count(kind, "refused");

    /// <summary>An offer that was turned away only now.</summary>
    public void TurnedAway(string kind, JoinRefusal refusal)
    {
        Count(kind, refusal.Result);
        _turnedAway.Add(1, KeyValuePair.Create<string, object?>("reason", refusal.Reason));
    }

    private void Count(string kind, string result) => _joins.Add(
        1, KeyValuePair.Create<string, object?>("kind", kind), KeyValuePair.Create<string, object?>("result", result));
}
