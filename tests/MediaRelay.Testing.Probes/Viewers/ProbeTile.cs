using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Testing.Probes.Viewers;

/// <summary>Where a scene shows a source.</summary>
/// <param name="Source">Number of the probe source.</param>
/// <param name="X">Left edge as a share (0–1) of the picture's width; the others alike.</param>
public readonly record struct ProbeTile(int Source, double X, double Y, double Width, double Height, TileFit Fit)
{
    /// <summary>The pixels of the tile in a picture of this size; edges are even, as where chroma is halved.</summary>
    public PixelRect In(int width, int height)
    {
        var (left, top) = (Even(X * width), Even(Y * height));
        return new PixelRect(left, top, Even((X + Width) * width) - left, Even((Y + Height) * height) - top);
    }

    private static int Even(double position) => 2 * (int)Math.Round(position / 2, MidpointRounding.AwayFromZero);
}
