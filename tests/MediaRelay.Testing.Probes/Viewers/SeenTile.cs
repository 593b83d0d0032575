using MediaRelay.Mixing.Scenes;
using MediaRelay.Protocols.Time;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>A tile of a decoded picture.</summary>
/// <param name="Source">Whose picture the scene has there.</param>
/// <param name="Number">Which picture of the source was read there; null when none was.</param>
/// <param name="CapturedAt">When that was captured.</param>
/// <param name="Luma">Mean brightness, 16 (black) to 235.</param>
public readonly record struct SeenTile(int Source, PixelRect Area, long? Number, Timestamp CapturedAt, double Luma)
{
    /// <summary>Mean brightness below which a tile counts as black; the darkest thing that is shown on purpose is a slate, above it.</summary>
    public const double BlackBelow = 24;

    public bool IsBlack => Luma < BlackBelow;
}
