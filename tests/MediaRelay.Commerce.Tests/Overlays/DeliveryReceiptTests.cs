using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays;
using MediaRelay.Commerce.Overlays.Bodies;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Tests.Overlays;

public sealed class DeliveryReceiptTests
{
    private const long At = 1_700_000_000_000_000;
    private static readonly MerchantId Acme = MerchantId.Parse("acme");
    private readonly List<ViewerLanes> _viewers = [];
    private readonly RoomOverlays _room;

    public DeliveryReceiptTests()
    {
        _room = new RoomOverlays(RoomId.Parse("room"), message => _viewers.ForEach(viewer => viewer.Enqueue(message)));
        for (var i = 0; i < 3; i++)
        {
            var viewer = new ViewerLanes();
            viewer.Enqueue(_room.Snapshot(
                At, null, () => new RoomShelves(_room.RoomId, [new MerchantShelf(new Merchant(Acme, "Acme"), Shelf.Empty(Acme), null)], null),
                ViewerId.Parse($"v{i}"), 0, []));
            _viewers.Add(viewer);
        }
    }

    [Fact]
    public void Receipt_OfThreeViewers_CountsHandedOverAcknowledgedAndMissing()
    {
        var first = _room.Publish(At, null, new SpotlightBody(Acme, null), Acme);
        var second = _room.Publish(At, null, new SpotlightBody(Acme, null), Acme);
        Assert.Equal(0, Read(At, first.Seq).Sent);

        // Two are sent both, one only the first; positions are where messages end in the transport's bytes.
        Send(_viewers[0], 100, 200, 300);
        Send(_viewers[1], 100, 200, 300);
        Send(_viewers[2], 100, 200);
        Assert.Equal((3, 0, 0), (Read(At, first.Seq).Sent, Read(At, first.Seq).Received, Read(At, first.Seq).Lost));
        Assert.Equal(2, Read(At, second.Seq).Sent);

        _viewers[0].Acknowledge(At + 20_000, 300);
        _viewers[1].Acknowledge(At + 40_000, 250);
        var later = At + OverlayDelivery.LostAfterMicros;
        Assert.Equal((3, 2, 1), (Read(later, first.Seq).Sent, Read(later, first.Seq).Received, Read(later, first.Seq).Lost));
        Assert.Equal((2, 1, 1), (Read(later, second.Seq).Sent, Read(later, second.Seq).Received, Read(later, second.Seq).Lost));
        Assert.InRange(Read(later, first.Seq).P50Ms!.Value, 20, 25);
        Assert.InRange(Read(later, first.Seq).P99Ms!.Value, 40, 50);

        _viewers[1].Acknowledge(later, 300);
        Assert.Equal((2, 0), (Read(later, second.Seq).Received, Read(later, second.Seq).Lost));
    }

    private static void Send(ViewerLanes viewer, params long[] positions)
    {
        foreach (var position in positions)
        {
            viewer.Pump();
            Assert.True(viewer.TryRead(out _));
            viewer.Advance(position);
        }
    }

    private DeliveryReceipt Read(long now, long seq)
    {
        Assert.True(_room.TryGetReceipt(now, seq, out var receipt));
        return receipt;
    }
}
