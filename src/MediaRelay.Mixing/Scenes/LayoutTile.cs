namespace MediaRelay.Mixing.Scenes;

/// <summary>
/// One rectangle of a custom layout. Position and size are fractions (0–1) of the canvas; a higher Z lies on top.
/// </summary>
public sealed record LayoutTile(
    string RoomId, double X, double Y, double Width, double Height, int Z = 0, TileFit Fit = TileFit.Cover);
