namespace MediaRelay.Mixing.Scenes;

/// <summary>One place on the canvas, in pixels, with its owner; a higher Z lies on top.</summary>
public readonly record struct Tile(TileOwner Owner, PixelRect Area, int Z, TileFit Fit);
