using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>
/// Tells whose host was speaking in a room at a time, or null when that is not known. Called under a lock, from any
/// thread; must be quick.
/// </summary>
public delegate MerchantId? SpeakerSource(RoomId roomId, DateTimeOffset at);
