using System.Threading.Channels;
using MediaRelay.Commerce;
using MediaRelay.Commerce.Attribution;
using MediaRelay.Commerce.Events;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Server.Hosting;
using MediaRelay.Server.Observability;

namespace MediaRelay.Server.Overlays;

/// <summary>The overlay messages of all rooms: what commerce's events become for viewers.</summary>
internal sealed class OverlayHost : ICommerceListener
{
    // Far longer than four merchants with as much waiting as they may have need for all of it.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Lazy<OverlayRooms> _rooms;

    // Something may be held back; without it no timer runs.
    private readonly Channel<bool> _heldBack =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public OverlayHost(CommerceHost commerce, OverlayMetrics metrics, TimeProvider time, IServiceProvider services)
    {
        _time = time;
        metrics.ObserveTurns(() => _rooms!.IsValueCreated ? _rooms.Value.MostWaitingTurns : 0);
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

    /// <summary>Has something to read when <see cref="OverlayRooms.HandleTimeout"/> is to be called until it returns false.</summary>
    public ChannelReader<bool> HeldBack => _heldBack.Reader;

    /// <summary>Something may be held back.</summary>
    public void NoteHeldBack() => _heldBack.Writer.TryWrite(true);

    /// <summary>
    /// Waits until it is a merchant's turn to publish in a room; false when too many of its messages wait already.
    /// </summary>
    public async Task<bool> AwaitTurnAsync(
        RoomId roomId, MerchantId merchantId, int bytes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = Rooms[roomId].EnterTurn(UnixMicros.Of(now), merchantId, bytes, () => turn.TrySetResult());
        if (entered == false)
        {
            NoteHeldBack();
            try
            {
                await turn.Task.WaitAsync(LongestTurn, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The room was deleted meanwhile, or the machine stands still.
                return false;
            }
        }

        return entered is not null;
    }

    public void Handle(CommerceEvent commerceEvent) => Rooms.Publish(commerceEvent);
}
