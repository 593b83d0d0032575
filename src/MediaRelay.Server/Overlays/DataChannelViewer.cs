using System.Buffers;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Protocols.Payloads;
using MediaRelay.Protocols.Time;
using MediaRelay.Relay.Sessions;

namespace MediaRelay.Server.Overlays;

/// <summary>A viewer's overlays on its data channel; all on the viewer's relay loop.</summary>
internal sealed class DataChannelViewer(OverlaySession session, TimeProvider time) : DataApplication
{
    protected override void OnOpened(Timestamp now)
    {
        // The snapshot is made when it is first asked for.
    }

    protected override void OnMessage(Timestamp now, ReadOnlySpan<byte> message) => session.Receive(time.GetUtcNow(), message);

    protected override void OnBroadcast(Timestamp now, object message) => session.Deliver((OverlayMessage)message);

    protected override void OnHandedOff(Timestamp now, Relay.Rooms.Room room, uint mediaOffset) =>
        session.HandOff(time.GetUtcNow(), RoomId.Parse(room.Id), mediaOffset);

    protected override void OnPictureLacking(Timestamp now, VideoCodec codec) =>
        session.Notify(time.GetUtcNow(), "codec", "This player cannot take the room's video codec; sound and overlays go on.");

    protected override bool TryPeek(Timestamp now, out ReadOnlySequence<byte> message) => session.TryPeek(time.GetUtcNow(), out message);

    protected override void Advance() => session.Advance();

    protected override void OnClosed() => session.Dispose();
}
