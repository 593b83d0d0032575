using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Server.Api;

/// <summary>Tells how many watch. Not registered where no media runs; viewers are then unknown.</summary>
internal interface IRoomAudience
{
    /// <summary>Viewers of the room now. Any thread may ask.</summary>
    int CountViewers(RoomId roomId);
}
