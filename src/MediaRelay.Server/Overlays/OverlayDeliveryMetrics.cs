using System.Diagnostics.Metrics;
using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.Interactions;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Incoming;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Overlays;

/// <summary>What happens to overlay messages, both ways.</summary>
internal sealed class OverlayDeliveryMetrics
{
    private static readonly OverlayClass[] Classes = Enum.GetValues<OverlayClass>();
    private static readonly KeyValuePair<string, object?>[] ClassTags = [.. Classes.Select(each => Tag("class", SnakeCase.Of(each)))];

    // Added to by every viewer's flush, so plain numbers that a scrape reads.
    private readonly long[] _delivered = new long[Classes.Length];
    private readonly long[] _shed = new long[Classes.Length];
    private long _resyncs;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _interactions;
    private readonly Counter<long> _participations;
    private readonly Counter<long> _likesIn;
    private readonly Counter<long> _likesDropped;
    private readonly Counter<long> _likesOut;

    public OverlayDeliveryMetrics(IMeterFactory factory, InteractionStream stream)
    {
        var meter = factory.CreateRelayMeter();
        meter.CreateObservableCounter("interaction_events_total", () => stream.Published, description: "Viewers' interactions that were offered to subscribers.");
        meter.CreateObservableCounter(
            "interaction_events_dropped_total", () => stream.Dropped, description: "Of these, those that some subscriber lost because it was slow.");
        meter.CreateObservableCounter(
            "overlays_delivered_total", () => Read(_delivered, Classes), description: "Overlay messages handed to a viewer's connection, by class.");
        meter.CreateObservableCounter(
            "overlay_shed_total", () => Read(_shed, [OverlayClass.Tally, OverlayClass.Comment]),
            description: "Overlay messages shed because a viewer was slow, by class.");
        meter.CreateObservableCounter(
            "overlay_resyncs_total", () => Interlocked.Read(ref _resyncs),
            description: "Viewers whose backlog passed its bound and who got a fresh snapshot.");
        _rejected = meter.CreateCounter<long>("viewer_messages_rejected_total", description: "Viewers' messages that were dropped, by reason.");
        _limited = meter.CreateCounter<long>("viewer_messages_limited_total", description: "Viewers' messages over their rate limit, by type.");
        _interactions = meter.CreateCounter<long>("interactions_total", description: "Viewers' messages that were taken, by type.");
        _participations = meter.CreateCounter<long>(
            "participations_total", description: "Viewers' claims, entries and helps, by kind and what became of them.");
        _likesIn = meter.CreateCounter<long>("likes_in_total", description: "Likes that count.");
        _likesDropped = meter.CreateCounter<long>("likes_limited_total", description: "Likes over a viewer's rate limit.");
        _likesOut = meter.CreateCounter<long>("likes_out_total", description: "Tally updates sent to rooms.");
    }

    public void Rejected(OverlayRejection reason) => _rejected.Add(1, Tag("reason", SnakeCase.Of(reason)));

    public void RateLimited(string type) => _limited.Add(1, Tag("type", type));

    public void Interaction(string type) => _interactions.Add(1, Tag("type", type));

    /// <summary>A viewer claimed, entered or helped; what became of it.</summary>
    public void Participation(string kind, ParticipationResult result) =>
        _participations.Add(1, Tag("kind", kind), Tag("result", SnakeCase.Of(result)));

    /// <summary>The store did not take it.</summary>
    public void ParticipationFailed(string kind) => _participations.Add(1, Tag("kind", kind), Tag("result", "unavailable"));

    public void TallySent() => _likesOut.Add(1);

    public void Likes(int counted, int dropped)
    {
        _likesIn.Add(counted);
        _likesDropped.Add(dropped);
    }

    /// <summary>Adds what one viewer's lanes counted since they were last looked at.</summary>
    public void Lanes(in OverlayLaneCounts before, in OverlayLaneCounts now)
    {
        foreach (var overlayClass in Classes)
        {
            AddIfAny(ref _delivered[(int)overlayClass], now.Delivered(overlayClass) - before.Delivered(overlayClass));
        }

        AddIfAny(ref _shed[(int)OverlayClass.Tally], now.ShedTallies - before.ShedTallies);
        AddIfAny(ref _shed[(int)OverlayClass.Comment], now.ShedComments - before.ShedComments);
        AddIfAny(ref _resyncs, now.Resyncs - before.Resyncs);
    }

    private static void AddIfAny(ref long counter, long count)
    {
        if (count > 0)
        {
            Interlocked.Add(ref counter, count);
        }
    }

    private static IEnumerable<Measurement<long>> Read(long[] counts, OverlayClass[] classes) =>
        classes.Select(each => new Measurement<long>(Interlocked.Read(ref counts[(int)each]), ClassTags[(int)each]));

    private static KeyValuePair<string, object?> Tag(string name, string value) => KeyValuePair.Create<string, object?>(name, value);
}
