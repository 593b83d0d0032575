namespace MediaRelay.LoadGenerator.Reports;

/// <summary>Overlay channels.</summary>
/// <param name="Opened">Channels in the whole run.</param>
/// <param name="Messages">Of all kinds, in the whole run.</param>
/// <param name="Purchases">Purchase messages that arrived in the window; one may bundle several purchases.</param>
/// <param name="PurchaseLatency">From the order's acceptance by the server to the message being at a viewer.</param>
/// <param name="OtherLatency">As before, of shelves, spotlights, comments and the like.</param>
/// <param name="Malformed">Messages that could not be read.</param>
internal sealed record OverlayReport(
    int Opened, long Messages, long Bytes, long Purchases, Percentiles PurchaseLatency, Percentiles OtherLatency, long Malformed);
