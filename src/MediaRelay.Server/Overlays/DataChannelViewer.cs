using System.Buffers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Server.Overlays;

/// <summary>A viewer's overlays on its data channel; all on the viewer's relay loop.</summary>
internal sealed class DataChannelViewer : DataApplication
{
    private readonly OverlaySession _session;
    private readonly TimeProvider _time;
    private long _position;

    public DataChannelViewer(OverlayHub hub, RoomId roomId, ViewerId viewerId, TimeProvider time)
    {
        _session = new OverlaySession(hub, roomId, viewerId, Post, isAcknowledged: true);
        _time = time;
    }

    protected override void OnOpened(Timestamp now)
    {
        // The snapshot is made when it is first asked for.
    }

    protected override void OnMessage(Timestamp now, ReadOnlySpan<byte> message) => _session.Receive(_time.GetUtcNow(), message);

    protected override void OnBroadcast(Timestamp now, object message)
    {
        if (message is AddressedOverlay addressed)
        {
            _session.Deliver(addressed);
        }
        else
        {
            _session.Deliver((OverlayMessage)message);
        }
    }

    protected override void OnHandedOff(Timestamp now, Relay.Rooms.Room room, uint mediaOffset) =>
        _session.HandOff(_time.GetUtcNow(), RoomId.Parse(room.Id), mediaOffset);

    protected override void OnPictureLacking(Timestamp now, VideoCodec codec) =>
        _session.Notify(_time.GetUtcNow(), "codec", "This player cannot take the room's video codec; sound and overlays go on.");

    protected override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message) => _session.TryPeek(_time, out message);

    protected override void OnSent(long position) => _position = position;

    protected override void Advance() => _session.Advance(_position);

    protected override void OnAcknowledged(Timestamp now, long position) => _session.Acknowledge(_time.GetUtcNow(), position);

    protected override void OnClosed() => _session.Dispose();
}
