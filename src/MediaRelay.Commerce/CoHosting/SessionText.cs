using System.Globalization;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>A session as one line of text: equal sessions have equal lines, in every culture and for good.</summary>
internal static class SessionText
{
    public static string Of(CoHostSession session) => string.Create(
        CultureInfo.InvariantCulture,
        $"{session.Id} {session.State} {session.Layout.Name} [{string.Join("; ", session.Layout.Tiles.Select(Of))}] "
        + $"[{string.Join("; ", session.Rooms.Select(room => $"{room.RoomId} {room.MerchantId}"))}] "
        + $"{session.InvitedAt.ToUniversalTime():O} {session.ActiveAt?.ToUniversalTime():O} {session.EndedAt?.ToUniversalTime():O}");

    private static string Of(LayoutTile tile) => string.Create(
        CultureInfo.InvariantCulture,
        $"{tile.RoomId} {tile.X:R} {tile.Y:R} {tile.Width:R} {tile.Height:R} {tile.Z} {tile.IsContained}");
}
