using MediaRelay.Client.Sources;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Takes what the viewers of one room see; called on all viewers' loops.</summary>
internal sealed class RoomObserver(Measurements measurements) : ViewerObserver
{
    private long _likes;

    /// <summary>The highest total of likes that the room's viewers were told.</summary>
    public long Likes => Interlocked.Read(ref _likes);

    public override void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times)
    {
        if (measurements.IsOpen)
        {
            measurements.MadeToComplete.Record(now - times.MadeAt);
            measurements.SentToComplete.Record(now - times.SentAt);
        }
    }

    public override void OnOverlayMessage(HeadlessViewer viewer, Timestamp now, ReadOnlySpan<byte> message)
    {
        var isRead = OverlayReader.TryRead(message, out var kind, out var sentAt, out var likes);
        measurements.TakeOverlay(now, isRead ? kind : null, sentAt);
        long told;
        while (likes > (told = Interlocked.Read(ref _likes)))
        {
            Interlocked.CompareExchange(ref _likes, likes, told);
        }
    }
}
