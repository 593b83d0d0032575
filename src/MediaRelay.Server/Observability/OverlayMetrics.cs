using System.Diagnostics.Metrics;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Observability;

/// <summary>Overlay messages as rooms publish them, by class: one each, however many watch.</summary>
internal sealed class OverlayMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _published;

    public OverlayMetrics(IMeterFactory factory)
    {
        _meter = factory.CreateRelayMeter();
        _published = _meter.CreateCounter<long>(
            "overlays_published_total", description: "Overlay messages published to rooms, by class.");
        foreach (var overlayClass in Enum.GetValues<OverlayClass>())
        {
            _published.Add(0, ClassTag(overlayClass));
        }
    }

    public void Published(OverlayClass overlayClass) => _published.Add(1, ClassTag(overlayClass));

    /// <summary>Shows how many messages wait for their merchants' turn in the room that has the most.</summary>
    public void ObserveTurns(Func<int> mostWaiting) => _meter.CreateObservableGauge(
        "overlay_turns_waiting", mostWaiting,
        description: "Overlays that wait for their merchant's turn, in the room with the most; the bound is 256 per merchant.");

    /// <summary>The label <c>class</c>: purchase, shelf, comment or tally.</summary>
    public static KeyValuePair<string, object?> ClassTag(OverlayClass overlayClass) => KeyValuePair.Create<string, object?>(
        "class",
        overlayClass switch
        {
            OverlayClass.Purchase => "purchase",
            OverlayClass.Shelf => "shelf",
            OverlayClass.Comment => "comment",
            OverlayClass.Tally => "tally",
            _ => throw new ArgumentOutOfRangeException(nameof(overlayClass), overlayClass, "Not a class."),
        });
}
