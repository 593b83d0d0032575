using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Overlays;

/// <summary>The overlay messages of all rooms: what commerce's events become for viewers.</summary>
internal sealed class OverlayHost : ICommerceListener
{
    private readonly Lazy<OverlayRooms> _rooms;

    public OverlayHost(CommerceHost commerce, OverlayMetrics metrics, IServiceProvider services)
    {
        // Late, because the commerce part is opened when the server starts, and the relay may need this class before.
        _rooms = new Lazy<OverlayRooms>(() =>
        {
            var broadcast = services.GetService<IRoomBroadcast>();
            var arrangement = services.GetService<IMixArrangement>();
            return new OverlayRooms(
                (roomId, message) =>
                {
                    metrics.Published(message.Class);
                    broadcast?.Deliver(roomId, message);
                },
                commerce.Service,
                services.GetService<MediaTimeSource>() ?? ((_, _) => null),
                (roomId, session) => arrangement?.FindTiles(roomId, session) ?? [],
                (roomId, session, firstRoomTime) => arrangement?.FindTime(roomId, session, firstRoomTime));
        });
    }

    /// <summary>Snapshots, replays, receipts, and publishing; not before the server has started.</summary>
    public OverlayRooms Rooms => _rooms.Value;

    public void Handle(CommerceEvent commerceEvent) => Rooms.Publish(commerceEvent);
}
