using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Tells what was to be seen and heard in a room at a time. Called under a lock, from any thread; must be quick.
/// </summary>
public delegate LiveMoment LiveMomentSource(RoomId roomId, DateTimeOffset at);
