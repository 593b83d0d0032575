using MediaRelay.Commerce.CoHosting;

namespace MediaRelay.Commerce.Rooms;

/// <summary>A room as it stands: with its running show and the co-host session it takes part in, if any.</summary>
public sealed record RoomView(Room Room, string MerchantName, Show? Show, CoHostSession? CoHost);
