using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>A merchant's agreement to a session, and whether the platform gave it on the merchant's behalf.</summary>
public sealed record CoHostConsent(MerchantId MerchantId, DateTimeOffset At, bool IsByPlatform);
