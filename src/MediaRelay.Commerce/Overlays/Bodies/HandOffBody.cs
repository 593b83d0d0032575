using MediaRelay.Commerce.Identifiers;
using MediaRelay.Commerce.Overlays.MessagePack;

namespace MediaRelay.Commerce.Overlays.Bodies;

/// <summary>
/// <c>handOff</c> <c>{fromRoomId, toRoomId}</c>: the viewer's connection goes on in another room, whose snapshot comes
/// next.
/// </summary>
public readonly record struct HandOffBody(RoomId From, RoomId To) : IOverlayBody
{
    public string Type => OverlayTypes.HandOff;

    public void Write(MessagePackWriter writer)
    {
        writer.WriteMapHeader(2);
        writer.WriteString("fromRoomId");
        writer.WriteString(From.Value);
        writer.WriteString("toRoomId");
        writer.WriteString(To.Value);
    }
}
