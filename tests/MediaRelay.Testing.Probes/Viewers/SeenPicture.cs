using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>A decoded picture and what was read in it.</summary>
/// <param name="Time">RTP timestamp, unwrapped, 90 kHz.</param>
/// <param name="ArrivedAt">When its last packet came.</param>
/// <param name="DecodedAt">When it could have been shown.</param>
/// <param name="Scene">The scene that fits; null when none of those looked for does.</param>
/// <param name="Tiles">The scene's tiles; empty without one.</param>
/// <param name="Luma">Mean brightness of the whole picture, 16 (black) to 235.</param>
public sealed record SeenPicture(
    long Time, Timestamp ArrivedAt, Timestamp DecodedAt, bool IsKeyFrame, int Width, int Height, string? Scene, IReadOnlyList<SeenTile> Tiles,
    double Luma)
{
    /// <summary>Whether the picture or a tile of it is black.</summary>
    public bool IsBlack => Luma < SeenTile.BlackBelow || Tiles.Any(tile => tile.IsBlack);

    /// <summary>The tile that shows a source; null when it has none or its code could not be read.</summary>
    public SeenTile? Find(int source)
    {
        foreach (var tile in Tiles)
        {
            if (tile.Source == source && tile.Number is not null)
            {
                return tile;
            }
        }

        return null;
    }

    public override string ToString() =>
        $"{Time / 90.0:F0} ms {Scene ?? "no scene"} [{string.Join(", ", Tiles.Select(tile => $"{tile.Source}: {tile.Number?.ToString() ?? "unread"}"))}]";
}
