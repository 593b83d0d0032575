namespace MediaRelay.Mixing.Scenes;

/// <summary>
/// A rectangle in luma pixels. All four numbers are even, so that it covers whole chroma samples (4:2:0).
/// </summary>
public readonly record struct PixelRect(int X, int Y, int Width, int Height)
{
    public int Right => X + Width;

    public int Bottom => Y + Height;

    public bool IsEmpty => Width <= 0 || Height <= 0;
}
