namespace MediaRelay.Mixing.Scenes;

/// <summary>Whose picture a tile shows: the room it comes from and the merchant whose goods are sold there.</summary>
public readonly record struct TileOwner(string RoomId, string MerchantId);
