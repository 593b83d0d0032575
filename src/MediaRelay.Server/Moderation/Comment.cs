using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.Moderation;

/// <summary>A viewer's comment on its way to the room.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="MediaTime">Where the room's feed was then; null when it did not run.</param>
internal sealed record Comment(RoomId RoomId, ViewerId ViewerId, string Text, DateTimeOffset At, long? MediaTime);
