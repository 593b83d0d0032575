using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;

namespace MediaRelay.Server.Overlays;

/// <summary>Carries a room's messages to those who watch it. Not registered where no media runs: then nobody watches.</summary>
internal interface IRoomBroadcast
{
    /// <summary>
    /// Takes a message for everybody in the room, in order of number. Called under the room's lock from any thread: must only hand
    /// it on.
    /// </summary>
    void Deliver(RoomId roomId, OverlayMessage message);
}
