using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>One viewer's eyes: sees whether its messages come in order of number, and hands everything on to the room's.</summary>
internal sealed class SeatObserver(RoomObserver room) : ViewerObserver
{
    private long _lastSeq = -1;

    public override void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times) => room.OnPicture(viewer, now, times);

    public override void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message)
    {
        if (!OverlayReader.TryRead(message, out var sighting))
        {
            room.TakeMalformed();
            return;
        }

        // Behind a snapshot everything counts anew: it is the room's state up to its number. The shelf that did not fit has the same number.
        var isFresh = sighting.Kind == OverlayKind.Snapshot || sighting.Seq > _lastSeq;
        _lastSeq = Math.Max(sighting.Kind == OverlayKind.Snapshot ? 0 : _lastSeq, sighting.Seq);
        room.Take(now, sighting, isFresh);
    }
}
