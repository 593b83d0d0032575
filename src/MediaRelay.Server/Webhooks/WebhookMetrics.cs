using System.Diagnostics.Metrics;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Webhooks;

/// <summary>What receivers are sent, what waits for them and what was given up.</summary>
internal sealed class WebhookMetrics
{
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _untold;
    private readonly Histogram<double> _latency;

    public WebhookMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _deliveries = meter.CreateCounter<long>("webhook_deliveries_total", description: "Attempts to deliver an event, by outcome.");
        _shed = meter.CreateCounter<long>(
            "webhook_shed_total", description: "Events that were given up because too many waited for a receiver; never those about money.");
        _untold = meter.CreateCounter<long>(
            "webhook_untold_total", description: "Joins, hand-offs and the like that came faster than they could be written into outboxes.");
        _latency = meter.CreateHistogram<double>(
            "webhook_delivery_seconds",
            description: "Time from an event's cause to its delivery.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 3600] });
        foreach (var outcome in Enum.GetValues<SendOutcome>())
        {
            _deliveries.Add(0, OutcomeTag(outcome));
        }

        _shed.Add(0);
        _untold.Add(0);
    }

    public void Attempted(SendOutcome outcome) => _deliveries.Add(1, OutcomeTag(outcome));

    public void Delivered(TimeSpan sinceCause) => _latency.Record(sinceCause.TotalSeconds);

    public void Shed(long events) => _shed.Add(events);

    public void Untold(long events) => _untold.Add(events);

    private static KeyValuePair<string, object?> OutcomeTag(SendOutcome outcome) =>
        KeyValuePair.Create<string, object?>("outcome", SnakeCase.Of(outcome));
}
