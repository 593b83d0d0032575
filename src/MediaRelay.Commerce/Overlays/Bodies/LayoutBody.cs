using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>layout</c> <c>{cohostId, layout: name, tiles:[{roomId, merchantId, x, y, w, h, z, fit}, …]}</c>, so that a tap on
/// the picture finds its merchant.
/// </summary>
/// <param name="Tiles">As the mixer arranges them for this room; empty when that is not known here.</param>
public readonly record struct LayoutBody(CoHostSession Session, IReadOnlyList<LayoutTile> Tiles) : IOverlayBody
{
    public string Type => OverlayTypes.Layout;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(3);
        writer.WriteString("cohostId");
        writer.WriteString(Session.Id.Value);
        writer.WriteString("layout");
        writer.WriteString(Session.Layout.Name);
        writer.WriteString("tiles");
        writer.WriteArrayHeader(Tiles.Count);
        foreach (var tile in Tiles)
        {
            var owner = Session.Rooms.FirstOrDefault(room => room.RoomId == tile.RoomId).MerchantId;
            writer.WriteMapHeader(8);
            writer.WriteString("roomId");
            writer.WriteString(tile.RoomId.Value);
            writer.WriteString("merchantId");
            writer.WriteString(owner.Value);
            writer.WriteString("x");
            writer.WriteDouble(tile.X);
            writer.WriteString("y");
            writer.WriteDouble(tile.Y);
            writer.WriteString("w");
            writer.WriteDouble(tile.Width);
            writer.WriteString("h");
            writer.WriteDouble(tile.Height);
            writer.WriteString("z");
            writer.WriteInteger(tile.Z);
            writer.WriteString("fit");
            writer.WriteString(tile.IsContained ? "contain" : "cover");
        }
    }
}
