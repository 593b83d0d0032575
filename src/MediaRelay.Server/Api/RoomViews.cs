using MediaRelay.Commerce.CoHosting;
using MediaRelay.Commerce.Rooms;
using MediaRelay.Server.Api.Contracts;

namespace MediaRelay.Server.Api;

/// <summary>How a room stands in answers.</summary>
internal static class RoomViews
{
    public static RoomResponse Show(RoomView view, IRoomAudience? audience)
    {
        var room = view.Room;
        return new RoomResponse(
            room.Id.Value,
            room.MerchantId.Value,
            view.MerchantName,
            room.Title,
            OrientationOf(room),
            room.IsPublic,
            room.VideoCodec switch { RoomVideoCodec.H264 => "h264", RoomVideoCodec.Vp8 => "vp8", _ => null },
            Live: view.Show is not null,
            view.Show?.Id.Value,
            view.Show?.StartedAt,
            view.CoHost is { State: CoHostState.Active } session ? session.Id.Value : null,
            audience?.CountViewers(room.Id),
            room.CreatedAt);
    }

    public static string OrientationOf(Room room) => room.Orientation == RoomOrientation.Landscape ? "landscape" : "portrait";
}
