namespace MediaRelay.Commerce.Orders;

/// <summary>A reported line, unchecked.</summary>
public sealed record OrderLineDraft(
    int? LineNo, string? MerchantId, string? ItemId, long? Quantity, long? AmountMinor, string? Currency);
