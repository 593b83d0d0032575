using System.ComponentModel;

namespace MediaRelay.Commerce.Webhooks.Data;

/// <summary>One room of a co-host session.</summary>
public sealed record CoHostMemberData(string RoomId, string MerchantId);

/// <summary><c>cohost.*</c> but the layout: told in every room of the session.</summary>
public sealed record CoHostData(
    string CohostId,
    [property: Description("invited, active, declined, cancelled, expired or ended.")] string State,
    IReadOnlyList<CoHostMemberData> Rooms,
    [property: Description("The merchant that invited; null for the platform.")] string? InvitedBy,
    DateTimeOffset InvitedAt,
    DateTimeOffset? ActiveAt,
    DateTimeOffset? EndedAt) : WebhookData;

/// <summary>One tile, 0 to 1 of the picture.</summary>
public sealed record TileData(string RoomId, double X, double Y, double W, double H, int Z);

/// <summary><c>cohost.layout</c>.</summary>
public sealed record CoHostLayoutData(
    string CohostId,
    string Layout,
    [property: Description("Only of layout tiles.")] IReadOnlyList<TileData> Tiles,
    [property: Description("When, 90 kHz on the first room's feed; null: at once.")] long? MediaTime) : WebhookData;
