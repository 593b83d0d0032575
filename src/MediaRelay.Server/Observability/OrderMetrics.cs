using System.Diagnostics.Metrics;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Orders;
using MediaRelay.Server.Api;

namespace MediaRelay.Server.Observability;

/// <summary>Order events: accepted by kind, refused by reason, and how long acceptance (durable) took.</summary>
internal sealed class OrderMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _acceptance;

    public OrderMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _accepted = meter.CreateCounter<long>("orders_total", description: "Order events accepted for the first time, by kind.");
        _repeated = meter.CreateCounter<long>("orders_repeated_total", description: "Order events that were accepted before, by kind.");
        _refused = meter.CreateCounter<long>(
            "orders_refused_total", description: "Order events refused, by reason; conflict means quarantined.");
        _acceptance = meter.CreateHistogram<double>(
            "order_accept_seconds",
            description: "Time from an order event's arrival until it is durable.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1] });

        // A series that appears with its first event has no rate for it.
        foreach (var kind in Enum.GetValues<OrderKind>())
        {
            _accepted.Add(0, KindTag(kind));
        }
    }

    public void Accepted(OrderAnswer answer, TimeSpan elapsed)
    {
        (answer.IsRepeat ? _repeated : _accepted).Add(1, KindTag(answer.Kind));
        _acceptance.Record(elapsed.TotalSeconds);
    }

    public void Refused(ProblemKind reason) =>
        _refused.Add(1, KeyValuePair.Create<string, object?>("reason", ToSnakeCase(reason)));

    private static KeyValuePair<string, object?> KindTag(OrderKind kind) => KeyValuePair.Create<string, object?>("kind", OrderViews.NameOf(kind));

    private static string ToSnakeCase(ProblemKind reason) => reason switch
    {
        ProblemKind.BadRequest => "bad_request",
        ProblemKind.PreconditionFailed => "precondition_failed",
        ProblemKind.NotFound => "not_found",
        _ => reason.ToString().ToLowerInvariant(),
    };
}
