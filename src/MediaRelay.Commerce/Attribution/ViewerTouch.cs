using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>A viewer's first touch of a night: the room, and the code it came with.</summary>
public readonly record struct ViewerTouch(ViewerId ViewerId, RoomId RoomId, ShareCode? ShareCode, DateTimeOffset At);
