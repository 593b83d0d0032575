using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.Overlays;

/// <summary>Tells where the mixer puts each room's picture. Not registered where nothing is mixed.</summary>
internal interface IMixArrangement
{
    /// <summary>The tiles of a session as the viewers of <paramref name="roomId"/> see them; empty when it is not mixed yet.</summary>
    IReadOnlyList<LayoutTile> FindTiles(RoomId roomId, CoHostSession session);
}
