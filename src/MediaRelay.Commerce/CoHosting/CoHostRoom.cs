using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>One room of a session and who owns it.</summary>
public readonly record struct CoHostRoom(RoomId RoomId, MerchantId MerchantId);
