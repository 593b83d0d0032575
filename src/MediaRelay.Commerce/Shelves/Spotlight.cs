using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Shelves;

/// <summary>
/// The item that a merchant shows now. It is kept at the merchant's own room and seen in every room of a co-host
/// session, so it survives the session's begin and end.
/// </summary>
public sealed record Spotlight(RoomId RoomId, ItemKey Item, DateTimeOffset Since);
