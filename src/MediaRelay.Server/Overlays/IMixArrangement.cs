using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.Overlays;

/// <summary>Tells where the mixer puts each room's picture. Not registered where nothing is mixed.</summary>
internal interface IMixArrangement
{
    /// <summary>The tiles of a session as the viewers of <paramref name="roomId"/> see them; empty when it is not mixed yet.</summary>
    IReadOnlyList<LayoutTile> FindTiles(RoomId roomId, CoHostSession session);

    /// <summary>
    /// The media time of a room's feed at which its viewers see the picture that those of the session's first room see at
    /// <paramref name="firstRoomTime"/>; null while not both show the mix.
    /// </summary>
    long? FindTime(RoomId roomId, CoHostSession session, long firstRoomTime);

    /// <summary>
    /// The media time of the session's first room from which a change that is asked for now can be seen: soon, and late enough for mixer and
    /// messages to know it before. Null while nothing is mixed.
    /// </summary>
    long? FindNextChange(CoHostSession session);
}
