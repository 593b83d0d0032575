using System.Text;
using MediaRelay.Client.Sources;
using MediaRelay.Client.Statistics;
using MediaRelay.Client.Viewers;
using MediaRelay.Protocols.Time;

namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Takes what the viewers of one room see; called on all viewers' loops.</summary>
/// <param name="ownMerchant">The room's merchant; purchases of others in this room are measured apart.</param>
internal sealed class RoomObserver(Measurements measurements, string ownMerchant)
{
    private readonly byte[] _ownMerchant = Encoding.UTF8.GetBytes(ownMerchant);
    private long _likes;

    /// <summary>The highest total of likes that the room's viewers were told.</summary>
    public long Likes => Interlocked.Read(ref _likes);

    /// <summary>How often each message arrived.</summary>
    public DeliveryCounts Deliveries { get; } = new();

    /// <summary>Of purchases of the room's own merchant, from the order's acceptance to a viewer.</summary>
    public LatencyHistogram OwnPurchase { get; } = new();

    /// <summary>Of those of other merchants.</summary>
    public LatencyHistogram OtherPurchase { get; } = new();

    public void OnPicture(HeadlessViewer viewer, Timestamp now, in PictureTimes times)
    {
        if (measurements.IsOpen)
        {
            measurements.MadeToComplete.Record(now - times.MadeAt);
            measurements.SentToComplete.Record(now - times.SentAt);
        }
    }

    public void TakeMalformed() => measurements.TakeMalformed();

    /// <param name="isInOrder">Its number is above all that the viewer had before.</param>
    public void Take(Timestamp now, in OverlaySighting sighting, bool isInOrder)
    {
        var age = measurements.TakeOverlay(now, sighting.Kind, sighting.SentAtMicros);
        Deliveries.Count(sighting, age);
        if (!isInOrder)
        {
            Deliveries.CountOutOfOrder();
        }

        if (measurements.IsOpen && sighting.Kind == OverlayKind.Purchase)
        {
            (sighting.Merchant.SequenceEqual(_ownMerchant) ? OwnPurchase : OtherPurchase).Record(age);
        }

        long told;
        while (sighting.Likes > (told = Interlocked.Read(ref _likes)))
        {
            Interlocked.CompareExchange(ref _likes, sighting.Likes, told);
        }
    }
}
