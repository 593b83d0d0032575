namespace MediaRelay.Mixing.Scenes;

/// <summary>Size of a composed picture in pixels; both numbers are even.</summary>
public readonly record struct CanvasSize(int Width, int Height)
{
    public static readonly CanvasSize Portrait = new(720, 1280);

    public static readonly CanvasSize Landscape = new(1280, 720);

    /// <summary>Half of the width and height; canvases are multiples of four.</summary>
    public CanvasSize Halved() => new(Width / 2, Height / 2);

    public bool IsPortrait => Height > Width;

    public static CanvasSize For(bool portrait) => portrait ? Portrait : Landscape;
}
