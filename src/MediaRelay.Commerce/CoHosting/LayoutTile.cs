using MediaRelay.Commerce.Identifiers;

namespace MediaRelay.Commerce.CoHosting;

/// <summary>Where one room's picture lies on the canvas, in parts of its width and height (0 to 1).</summary>
/// <param name="Z">Higher lies on top; 0 to 100.</param>
/// <param name="IsContained">
/// True shows the whole picture inside the tile, false (the default) crops it to fill.
/// </param>
public sealed record LayoutTile(
    RoomId RoomId, double X, double Y, double Width, double Height, int Z = 0, bool IsContained = false);
