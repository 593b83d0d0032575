using System.Collections.Immutable;
using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>How a session's pictures are arranged: a named arrangement, or tiles that say it themselves.</summary>
public sealed class CoHostLayout : IEquatable<CoHostLayout>
{
    public const string AllowedNames = "auto, side-by-side, top-bottom, picture-in-picture, main-strip, or {tiles:[…]}";

    private static readonly ImmutableArray<string> Names =
        ["auto", "side-by-side", "top-bottom", "picture-in-picture", "main-strip"];

    private CoHostLayout(string name, ImmutableArray<LayoutTile> tiles)
    {
        Name = name;
        Tiles = tiles;
    }

    /// <summary>Side by side in landscape, top and bottom in portrait.</summary>
    public static CoHostLayout Auto { get; } = new("auto", []);

    /// <summary>One of the names, or <c>tiles</c>.</summary>
    public string Name { get; }

    /// <summary>Empty for a named arrangement.</summary>
    public ImmutableArray<LayoutTile> Tiles { get; }

    public bool IsCustom => !Tiles.IsEmpty;

    public static Outcome<CoHostLayout> Named(string? name) =>
        name is not null && Names.Contains(name)
            ? new CoHostLayout(name, [])
            : Problem.Invalid("layout", name, AllowedNames);

    /// <summary>Tiles of their own: at least one, each room at most once, every tile inside the canvas.</summary>
    public static Outcome<CoHostLayout> Of(IReadOnlyList<LayoutTile> tiles)
    {
        if (tiles.Count is 0 or > CoHostSession.MaxRooms)
        {
            return Problem.Invalid("layout.tiles", tiles.Count, $"1 to {CoHostSession.MaxRooms} tiles");
        }

        var seen = new HashSet<RoomId>();
        foreach (var tile in tiles)
        {
            if (!IsInside(tile.X, tile.Width) || !IsInside(tile.Y, tile.Height))
            {
                return Problem.Invalid(
                    "layout.tiles", $"{tile.X},{tile.Y},{tile.Width},{tile.Height}",
                    "x, y, w, h of 0 to 1, w and h above 0, inside the canvas");
            }

            if (tile.Z is < 0 or > 100)
            {
                return Problem.Invalid("layout.tiles.z", tile.Z, "0 to 100");
            }

            if (!seen.Add(tile.RoomId))
            {
                return Problem.Invalid("layout.tiles.roomId", tile.RoomId, "each room at most once");
            }
        }

        return new CoHostLayout("tiles", [.. tiles]);
    }

    public bool Equals(CoHostLayout? other) =>
        other is not null && Name == other.Name && Tiles.SequenceEqual(other.Tiles);

    public override bool Equals(object? obj) => Equals(obj as CoHostLayout);

    public override int GetHashCode() => HashCode.Combine(Name, Tiles.Length);

    // 1e-9: thirds do not add up to exactly one in binary.
    private static bool IsInside(double start, double length) =>
        start is >= 0 and < 1 && length is > 0 and <= 1 && start + length <= 1 + 1e-9;
}
