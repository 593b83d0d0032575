namespace MediaRelay.Server.Auth;

/// <summary>What permissions depend on of a room that exists.</summary>
/// <param name="MerchantId">The merchant that it belongs to for life.</param>
/// <param name="IsPublic">Whether watching it needs no token.</param>
internal readonly record struct RoomFacts(string MerchantId, bool IsPublic);
