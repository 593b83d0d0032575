using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Tells where a room's feed was at a time: unwrapped 90 kHz, or null when the room was not live then. Called under a
/// lock, from any thread; must be quick.
/// </summary>
public delegate long? MediaTimeSource(RoomId roomId, DateTimeOffset at);
