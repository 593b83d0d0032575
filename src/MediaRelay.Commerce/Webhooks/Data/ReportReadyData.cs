using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>report.ready</c>.</summary>
public sealed record ReportReadyData(
    [property: Description("Path of the report, to be read with the merchant's token.")] string Report) : WebhookData;
