using System.Diagnostics.CodeAnalysis;

namespace MediaRelay.Mixing.Scenes;

/// <summary>
/// The arrangement of the rooms of one co-host session. Independent of the canvas: <see cref="Place"/> turns it into
/// pixels, so the portrait and the landscape output of a session follow the same layout.
/// </summary>
public sealed record Layout
{
    /// <summary>
    /// Rectangles that a custom layout may have: a session has four rooms at most, each in up to two places.
    /// </summary>
    public const int MaxTiles = 8;

    // Small enough to leave the main host visible, large enough that three of them and their margins fit on one side.
    private const double InsetSize = 0.28;
    private const double InsetMargin = 0.03;
    private const double MainShare = 0.75;

    public static readonly Layout Auto = new() { Kind = LayoutKind.Auto };

    public LayoutKind Kind { get; init; }

    /// <summary>The rectangles of a custom layout; empty for the named ones.</summary>
    public IReadOnlyList<LayoutTile> Tiles { get; init; } = [];

    /// <summary>The name as the API spells it; <c>custom</c> for rectangles.</summary>
    public string Name => Kind switch
    {
        LayoutKind.SideBySide => "side-by-side",
        LayoutKind.TopBottom => "top-bottom",
        LayoutKind.PictureInPicture => "picture-in-picture",
        LayoutKind.MainStrip => "main-strip",
        LayoutKind.Custom => "custom",
        _ => "auto",
    };

    /// <summary>A layout by its name in the API; false for an unknown one.</summary>
    public static bool TryFromName(string? name, [NotNullWhen(true)] out Layout? layout)
    {
        layout = name switch
        {
            "auto" => Auto,
            "side-by-side" => new Layout { Kind = LayoutKind.SideBySide },
            "top-bottom" => new Layout { Kind = LayoutKind.TopBottom },
            "picture-in-picture" => new Layout { Kind = LayoutKind.PictureInPicture },
            "main-strip" => new Layout { Kind = LayoutKind.MainStrip },
            _ => null,
        };
        return layout is not null;
    }

    /// <summary>
    /// A layout of rectangles; false, with what is wrong in <paramref name="error"/>, when one lies outside 0–1.
    /// </summary>
    public static bool TryCreateCustom(
        IReadOnlyList<LayoutTile> tiles, [NotNullWhen(true)] out Layout? layout, [NotNullWhen(false)] out string? error)
    {
        layout = null;
        error = tiles.Count switch
        {
            0 => "a custom layout needs at least one tile",
            > MaxTiles => $"a custom layout has at most {MaxTiles} tiles",
            _ => tiles.Select(FindProblem).FirstOrDefault(problem => problem is not null),
        };
        if (error is not null)
        {
            return false;
        }

        layout = new Layout { Kind = LayoutKind.Custom, Tiles = [.. tiles] };
        return true;
    }

    /// <summary>
    /// The tiles in pixels, bottom one first. <paramref name="owners"/> are the rooms of the session in their order;
    /// the first is the main one. Rectangles of a custom layout for rooms that take no part are left out.
    /// </summary>
    public IReadOnlyList<Tile> Place(CanvasSize canvas, IReadOnlyList<TileOwner> owners)
    {
        if (owners.Count == 0)
        {
            return [];
        }

        if (owners.Count == 1 && Kind != LayoutKind.Custom)
        {
            return [new Tile(owners[0], new PixelRect(0, 0, canvas.Width, canvas.Height), 0, TileFit.Cover)];
        }

        return Kind switch
        {
            LayoutKind.Custom => PlaceCustom(canvas, owners),
            LayoutKind.PictureInPicture => PlaceInsets(canvas, owners),
            LayoutKind.MainStrip => PlaceStrip(canvas, owners),
            _ when owners.Count == 4 => PlaceGrid(canvas, owners, columns: 2),
            LayoutKind.SideBySide => PlaceGrid(canvas, owners, owners.Count),
            LayoutKind.TopBottom => PlaceGrid(canvas, owners, columns: 1),
            _ => PlaceGrid(canvas, owners, canvas.IsPortrait ? 1 : owners.Count),
        };
    }

    // Lists compare by reference in a generated record; two equal arrangements are the same layout.
    public bool Equals(Layout? other) => other is not null && Kind == other.Kind && Tiles.SequenceEqual(other.Tiles);

    public override int GetHashCode() => HashCode.Combine(Kind, Tiles.Count);

    private static string? FindProblem(LayoutTile tile)
    {
        // The comparisons are written so that NaN fails them.
        var fits = tile is { X: >= 0, Y: >= 0, Width: > 0, Height: > 0 } && tile.X + tile.Width <= 1.0001 && tile.Y + tile.Height <= 1.0001;
        return fits ? null : $"tile of room '{tile.RoomId}': x, y, w, h must lie within 0..1";
    }

    private static List<Tile> PlaceGrid(CanvasSize canvas, IReadOnlyList<TileOwner> owners, int columns)
    {
        var rows = (owners.Count + columns - 1) / columns;
        var tiles = new List<Tile>(owners.Count);
        for (var i = 0; i < owners.Count; i++)
        {
            var area = Cut(canvas, (double)(i % columns) / columns, (double)(i / columns) / rows, 1.0 / columns, 1.0 / rows);
            tiles.Add(new Tile(owners[i], area, 0, TileFit.Cover));
        }

        return tiles;
    }

    private static List<Tile> PlaceInsets(CanvasSize canvas, IReadOnlyList<TileOwner> owners)
    {
        var tiles = new List<Tile>(owners.Count) { new(owners[0], Cut(canvas, 0, 0, 1, 1), 0, TileFit.Cover) };
        for (var i = 1; i < owners.Count; i++)
        {
            var y = 1 - (i * (InsetSize + InsetMargin));
            tiles.Add(new Tile(owners[i], Cut(canvas, 1 - InsetSize - InsetMargin, y, InsetSize, InsetSize), i, TileFit.Cover));
        }

        return tiles;
    }

    private static List<Tile> PlaceStrip(CanvasSize canvas, IReadOnlyList<TileOwner> owners)
    {
        var portrait = canvas.IsPortrait;
        var main = portrait ? Cut(canvas, 0, 0, 1, MainShare) : Cut(canvas, 0, 0, MainShare, 1);
        var tiles = new List<Tile>(owners.Count) { new(owners[0], main, 0, TileFit.Cover) };
        var share = 1.0 / (owners.Count - 1);
        for (var i = 1; i < owners.Count; i++)
        {
            var offset = (i - 1) * share;
            var area = portrait
                ? Cut(canvas, offset, MainShare, share, 1 - MainShare)
                : Cut(canvas, MainShare, offset, 1 - MainShare, share);
            tiles.Add(new Tile(owners[i], area, 0, TileFit.Cover));
        }

        return tiles;
    }

    private List<Tile> PlaceCustom(CanvasSize canvas, IReadOnlyList<TileOwner> owners)
    {
        var tiles = new List<Tile>(Tiles.Count);
        foreach (var tile in Tiles)
        {
            foreach (var owner in owners)
            {
                var area = Cut(canvas, tile.X, tile.Y, tile.Width, tile.Height);
                if (owner.RoomId == tile.RoomId && !area.IsEmpty)
                {
                    tiles.Add(new Tile(owner, area, tile.Z, tile.Fit));
                }
            }
        }

        return [.. tiles.OrderBy(tile => tile.Z)];
    }

    // Both edges are rounded, not the width, so that neighbours share an edge without gap or overlap.
    private static PixelRect Cut(CanvasSize canvas, double x, double y, double width, double height)
    {
        var left = Even(x * canvas.Width, canvas.Width);
        var top = Even(y * canvas.Height, canvas.Height);
        return new PixelRect(
            left, top, Even((x + width) * canvas.Width, canvas.Width) - left, Even((y + height) * canvas.Height, canvas.Height) - top);
    }

    private static int Even(double position, int limit) =>
        Math.Clamp(2 * (int)Math.Round(position / 2, MidpointRounding.AwayFromZero), 0, limit);
}
