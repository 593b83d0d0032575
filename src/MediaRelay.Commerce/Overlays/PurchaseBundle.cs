using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Overlays;

/// <summary>Purchases of one merchant that share a message; a single one is sent in the plain form.</summary>
/// <param name="SentAtMicros">When the first of them was accepted.</param>
public sealed record PurchaseBundle(
    MerchantId MerchantId, long SentAtMicros, long? MediaTime, IReadOnlyList<Purchase> Purchases);
