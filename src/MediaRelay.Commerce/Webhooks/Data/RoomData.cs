namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary><c>room.opened</c>, <c>room.closed</c>: a show began or ended.</summary>
public sealed record RoomData(string Title, DateTimeOffset StartedAt, DateTimeOffset? EndedAt) : WebhookData;
