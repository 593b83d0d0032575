using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Attribution;

/// <summary>What a viewer's click says: which item, where, when, through which overlay and code.</summary>
/// <param name="MediaTime">90 kHz on the room feed's timeline.</param>
public sealed record ClickFacts(
    RoomId RoomId,
    ItemKey Item,
    ViewerId ViewerId,
    CoHostId? CoHostId,
    ShareCode? ShareCode,
    long? OverlaySeq,
    long? MediaTime,
    DateTimeOffset At);
