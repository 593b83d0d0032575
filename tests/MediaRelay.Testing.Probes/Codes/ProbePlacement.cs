using MediaRelay.Mixing.Scenes;

namespace MediaRelay.Testing.Probes.Codes;

/// <summary>
/// Where a picture's pixel (x, y) is shown: at (X + Scale·x, Y + Scale·y). Worked out from what is promised of tiles (covered or contained,
/// centred, never stretched) and not with the mixer's own code, which is what the probes are to judge.
/// </summary>
internal readonly record struct ProbePlacement(double Scale, double X, double Y)
{
    public static ProbePlacement Of(int width, int height, PixelRect tile, TileFit fit)
    {
        var (across, down) = ((double)tile.Width / width, (double)tile.Height / height);
        var scale = fit == TileFit.Cover ? Math.Max(across, down) : Math.Min(across, down);
        return new ProbePlacement(scale, tile.X + ((tile.Width - (scale * width)) / 2), tile.Y + ((tile.Height - (scale * height)) / 2));
    }
}
