using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.Rooms;

/// <summary>One time that a room was live.</summary>
public sealed record Show(ShowId Id, RoomId RoomId, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);
