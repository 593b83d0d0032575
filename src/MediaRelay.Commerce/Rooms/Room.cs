using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Rooms;

/// <summary>
/// A live room. It belongs to one merchant for life: deleting it keeps the ownership, so that old orders and statements
/// never change their meaning.
/// </summary>
public sealed record Room(
    RoomId Id,
    MerchantId MerchantId,
    string Title,
    RoomOrientation Orientation,
    bool IsPublic,
    RoomVideoCodec? VideoCodec,
    DateTimeOffset CreatedAt,
    bool IsDeleted)
{
    public const int MaxTitleLength = 200;
}
