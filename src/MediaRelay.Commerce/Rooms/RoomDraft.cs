using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Rooms;

/// <summary>What a PUT of a room says.</summary>
public sealed record RoomDraft(
    MerchantId MerchantId,
    string? Title,
    RoomOrientation Orientation = RoomOrientation.Portrait,
    bool IsPublic = false,
    RoomVideoCodec? VideoCodec = null);
