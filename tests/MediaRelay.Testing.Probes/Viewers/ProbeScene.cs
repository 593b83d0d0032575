using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>An arrangement of sources that a viewer looks for in what it sees.</summary>
public sealed record ProbeScene(string Name, IReadOnlyList<ProbeTile> Tiles)
{
    /// <summary>One source over the whole picture, whatever its size.</summary>
    public static ProbeScene Solo(int source) => new($"solo {source}", [new ProbeTile(source, 0, 0, 1, 1, TileFit.Cover)]);

    /// <summary>A layout of the mixer on one of its canvases.</summary>
    /// <param name="name">What <see cref="SeenPicture.Scene"/> says when it is seen.</param>
    /// <param name="rooms">Rooms in the session's order with the source that publishes into each.</param>
    public static ProbeScene Of(string name, Layout layout, CanvasSize canvas, params (string RoomId, int Source)[] rooms)
    {
        var owners = Array.ConvertAll(rooms, room => new TileOwner(room.RoomId, room.RoomId));
        return new ProbeScene(name, [.. layout.Place(canvas, owners).Select(tile => new ProbeTile(
            Array.Find(rooms, room => room.RoomId == tile.Owner.RoomId).Source,
            (double)tile.Area.X / canvas.Width,
            (double)tile.Area.Y / canvas.Height,
            (double)tile.Area.Width / canvas.Width,
            (double)tile.Area.Height / canvas.Height,
            tile.Fit))]);
    }
}
