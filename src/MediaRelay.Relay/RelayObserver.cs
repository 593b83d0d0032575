using MediaRelay.Protocols.Peers;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Rooms;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Relay;

/// <summary>
/// What the server hears from the relay, on the loop where it happened, so the members must be quick. A class and not events: the
/// order is fixed and there is exactly one listener.
/// </summary>
public abstract class RelayObserver
{
    protected internal abstract void OnConnected(PeerSession session, TimeSpan afterRequest);

    /// <summary>The first picture left for a viewer.</summary>
    protected internal abstract void OnFirstVideo(ViewerSession session, TimeSpan afterRequest);

    protected internal abstract void OnClosed(PeerSession session, CloseReason reason);

    /// <summary>The room has another host, or none.</summary>
    protected internal abstract void OnHostChanged(Room room);

    /// <summary>A viewer was moved to another room's feed; <paramref name="elapsed"/> is from the order to the first packet there.</summary>
    protected internal virtual void OnHandedOff(ViewerSession session, Room from, TimeSpan elapsed)
    {
    }

    /// <summary>A bug that cost one session.</summary>
    protected internal abstract void OnFault(PeerSession session, Exception exception);
}
