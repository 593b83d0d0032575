using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary><c>cohost</c> <c>{cohostId, state, rooms:[{roomId, merchantId}, …]}</c>.</summary>
public readonly record struct CoHostBody(CoHostSession Session) : IOverlayBody
{
    public string Type => OverlayTypes.CoHost;

    public void Write(MessagePackWriter writer) => Write(writer, Session);

    internal static void Write(MessagePackWriter writer, CoHostSession session)
    {
        writer.WriteMapHeader(3);
        writer.WriteString("cohostId");
        writer.WriteString(session.Id.Value);
        writer.WriteString("state");
        writer.WriteString(NameOf(session.State));
        writer.WriteString("rooms");
        writer.WriteArrayHeader(session.Rooms.Length);
        foreach (var room in session.Rooms)
        {
            writer.WriteMapHeader(2);
            writer.WriteString("roomId");
            writer.WriteString(room.RoomId.Value);
            writer.WriteString("merchantId");
            writer.WriteString(room.MerchantId.Value);
        }
    }

    private static string NameOf(CoHostState state) => state switch
    {
        CoHostState.Invited => "invited",
        CoHostState.Active => "active",
        CoHostState.Declined => "declined",
        CoHostState.Cancelled => "cancelled",
        CoHostState.Expired => "expired",
        _ => "ended",
    };
}
