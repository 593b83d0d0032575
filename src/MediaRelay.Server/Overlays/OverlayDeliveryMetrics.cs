using System.Diagnostics.Metrics;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Incoming;
using MediaRelay.Server.Media;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Overlays;

/// <summary>What happens to overlay messages, both ways.</summary>
internal sealed class OverlayDeliveryMetrics
{
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _resyncs;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _interactions;
    private readonly Counter<long> _likesIn;
    private readonly Counter<long> _likesDropped;
    private readonly Counter<long> _likesOut;

    public OverlayDeliveryMetrics(IMeterFactory factory)
    {
        var meter = factory.CreateRelayMeter();
        _delivered = meter.CreateCounter<long>(
            "overlays_delivered_total", description: "Overlay messages handed to a viewer's connection, by class.");
        _shed = meter.CreateCounter<long>("overlay_shed_total", description: "Overlay messages shed because a viewer was slow, by class.");
        _resyncs = meter.CreateCounter<long>(
            "overlay_resyncs_total", description: "Viewers whose backlog passed its bound and who got a fresh snapshot.");
        _rejected = meter.CreateCounter<long>("viewer_messages_rejected_total", description: "Viewers' messages that were dropped, by reason.");
        _limited = meter.CreateCounter<long>("viewer_messages_limited_total", description: "Viewers' messages over their rate limit, by type.");
        _interactions = meter.CreateCounter<long>("interactions_total", description: "Viewers' messages that were taken, by type.");
        _likesIn = meter.CreateCounter<long>("likes_in_total", description: "Likes that count.");
        _likesDropped = meter.CreateCounter<long>("likes_limited_total", description: "Likes over a viewer's rate limit.");
        _likesOut = meter.CreateCounter<long>("likes_out_total", description: "Tally updates sent to rooms.");
    }

    public void Rejected(OverlayRejection reason) => _rejected.Add(1, Tag("reason", SnakeCase.Of(reason)));

    public void RateLimited(string type) => _limited.Add(1, Tag("type", type));

    public void Interaction(string type) => _interactions.Add(1, Tag("type", type));

    public void TallySent() => _likesOut.Add(1);

    public void Likes(int counted, int dropped)
    {
        _likesIn.Add(counted);
        _likesDropped.Add(dropped);
    }

    /// <summary>Adds what one viewer's lanes counted since they were last looked at.</summary>
    public void Lanes(in OverlayLaneCounts before, in OverlayLaneCounts now)
    {
        foreach (var overlayClass in Enum.GetValues<OverlayClass>())
        {
            var delivered = now.Delivered(overlayClass) - before.Delivered(overlayClass);
            if (delivered > 0)
            {
                _delivered.Add(delivered, Tag("class", SnakeCase.Of(overlayClass)));
            }
        }

        AddIfAny(_shed, now.ShedTallies - before.ShedTallies, Tag("class", "tally"));
        AddIfAny(_shed, now.ShedComments - before.ShedComments, Tag("class", "comment"));
        AddIfAny(_resyncs, now.Resyncs - before.Resyncs);
    }

    private static void AddIfAny(Counter<long> counter, long count, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (count > 0)
        {
            counter.Add(count, tags);
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => KeyValuePair.Create<string, object?>(name, value);
}
