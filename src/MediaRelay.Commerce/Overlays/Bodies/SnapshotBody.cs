using MediaRelay.Commerce.Campaigns;
using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;
using MediaRelay.Commerce.Shelves;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>snapshot</c> <c>{roomId, viewerId, mediaOffset, merchants:[{merchantId, name, version, shelf:[item…],
/// spotlight|nil}], cohost?, layout?, campaigns?}</c>: all that a viewer needs to begin.
/// </summary>
/// <param name="ItemCounts">
/// How many items of each merchant's shelf stand here; the others follow in <c>shelf {more:true}</c>.
/// </param>
/// <param name="Tiles">As the mixer arranges them for this room.</param>
internal sealed record SnapshotBody(
    RoomShelves Room, ViewerId ViewerId, uint MediaOffset, IReadOnlyList<int> ItemCounts,
    IReadOnlyList<LayoutTile> Tiles) : IOverlayBody
{
    // Beside the shelves' 48 KiB, in an envelope of 60.
    private const int CampaignBytes = 8 * 1024;

    // What does not fit is told when it changes, as to everybody.
    private readonly List<EncodedBody> _campaigns = ChooseCampaigns(Room.Campaigns);

    public string Type => OverlayTypes.Snapshot;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(4 + (Room.CoHost is null ? 0 : 2) + (_campaigns.Count == 0 ? 0 : 1));
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

        if (_campaigns.Count > 0)
        {
            writer.WriteString("campaigns");
            writer.WriteArrayHeader(_campaigns.Count);
            foreach (var campaign in _campaigns)
            {
                campaign.Write(writer);
            }
        }
    }

    private static List<EncodedBody> ChooseCampaigns(IReadOnlyList<CampaignView> campaigns)
    {
        var chosen = new List<EncodedBody>();
        var room = CampaignBytes;
        foreach (var campaign in campaigns)
        {
            var body = CampaignBody.InSnapshot(campaign);
            if (body.Length <= room)
            {
                room -= body.Length;
                chosen.Add(body);
            }
        }

        return chosen;
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
