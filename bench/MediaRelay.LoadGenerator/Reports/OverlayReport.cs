namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Overlay channels.</summary>
/// <param name="Opened">Channels in the whole run.</param>
/// <param name="Messages">Of all kinds, in the whole run.</param>
/// <param name="Purchases">Purchase messages that arrived in the window; one may bundle several purchases.</param>
/// <param name="PurchaseLatency">From the order's acceptance by the server to the message being at a viewer.</param>
/// <param name="OtherLatency">As before, of shelves, spotlights, comments and the like.</param>
/// <param name="Malformed">Messages that could not be read.</param>
/// <param name="OutOfOrder">Messages whose number the viewer had passed already: repeated, or out of order.</param>
/// <param name="Classes">The largest room's, by class; null unless overlays were asked for.</param>
/// <param name="OwnPurchases">In the largest room, purchases of its own merchant, who floods if anybody does.</param>
/// <param name="OtherPurchases">There, those of other merchants.</param>
/// <param name="DeliveriesPerCpuSecond">Messages that reached viewers in the window over the server's CPU time.</param>
/// <param name="AllocatedBytesPerDelivery">Bytes that the server allocated in the window over the same.</param>
/// <param name="Gen2Collections">The server's full garbage collections in the window.</param>
internal sealed record OverlayReport(
    int Opened,
    long Messages,
    long Bytes,
    long Purchases,
    Percentiles PurchaseLatency,
    Percentiles OtherLatency,
    long Malformed,
    long OutOfOrder,
    IReadOnlyList<OverlayClassReport>? Classes,
    Percentiles? OwnPurchases,
    Percentiles? OtherPurchases,
    OverlayLoadReport? Load,
    double? DeliveriesPerCpuSecond,
    double? AllocatedBytesPerDelivery,
    double? Gen2Collections);
