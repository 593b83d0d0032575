using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>snapshot</c> <c>{roomId, viewerId, mediaOffset, merchants:[{merchantId, name, version, shelf:[item…],
/// spotlight|nil}], cohost?, layout?}</c>: all that a viewer needs to begin.
/// </summary>
/// <param name="ItemCounts">
/// How many items of each merchant's shelf stand here; the others follow in <c>shelf {more:true}</c>.
/// </param>
/// <param name="Tiles">As the mixer arranges them for this room.</param>
internal sealed record SnapshotBody(
    RoomShelves Room, ViewerId ViewerId, uint MediaOffset, IReadOnlyList<int> ItemCounts,
    IReadOnlyList<LayoutTile> Tiles) : IOverlayBody
{
    public string Type => OverlayTypes.Snapshot;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(4 + (Room.CoHost is null ? 0 : 2));
        writer.WriteString("roomId");
        writer.WriteString(Room.RoomId.Value);
        writer.WriteString("viewerId");
        writer.WriteString(ViewerId.Value);
        writer.WriteString("mediaOffset");
        writer.WriteInteger(MediaOffset);
        writer.WriteString("merchants");
        writer.WriteArrayHeader(Room.Merchants.Count);
        for (var i = 0; i < Room.Merchants.Count; i++)
        {
            WriteMerchant(writer, Room.Merchants[i], ItemCounts[i]);
        }

        if (Room.CoHost is { } session)
        {
            writer.WriteString("cohost");
            CoHostBody.Write(writer, session);
            writer.WriteString("layout");
            new LayoutBody(session, Tiles).Write(writer);
        }
    }

    private static void WriteMerchant(MessagePackWriter writer, MerchantShelf merchant, int itemCount)
    {
        writer.WriteMapHeader(5);
        writer.WriteString("merchantId");
        writer.WriteString(merchant.Merchant.Id.Value);
        writer.WriteString("name");
        writer.WriteString(merchant.Merchant.Name);
        writer.WriteString("version");
        writer.WriteInteger(merchant.Shelf.Version);
        writer.WriteString("shelf");
        writer.WriteArrayHeader(itemCount);
        foreach (var item in merchant.Shelf.Items.AsSpan(0, itemCount))
        {
            ShelfBody.WriteItem(writer, item);
        }

        writer.WriteString("spotlight");
        writer.WriteStringOrNil(merchant.Spotlight?.Item.ItemId.Value);
    }
}
